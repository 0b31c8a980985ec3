/* test_import_file.c - the child that reads a foreign file may do what it likes: crash, hang, eat memory, flood or lie.
 * This program is also that child. */
#include "app/core/child.h"
#include "app/core/clock.h"
#include "app/core/foreign/import_file.h"
#include "app/core/model/foreign_kind.h"
#include "app/core/platform.h"
#include "app/platform/signals.h"
#include "support/faults.h"
#include "support/nets.h"
#include "support/temp.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const char net[] = "input 28 28 1\nflatten\ndense 10\nsoftmax\n";
static nn_error err;
static nn_model *model;
static paths where;

/* ---- the child --------------------------------------------------------------------------------------------------- */

static void send_model(size_t most)
{
    unsigned char *data;
    size_t len;
    nn_model *made = net_model(net, 3);
    if (!nn_model_write(made, &data, &len, &err))
        exit(9);
    fwrite(data, 1, len < most ? len : most, stdout);
    nn_free(data);
    nn_model_free(made);
}

static void hang(void)
{
    for (;;)
        pause();
}

/* Whether what a child must not do is refused. */
static bool is_walled(void)
{
    bool writes = open("/tmp/digitscope-walls", O_WRONLY | O_CREAT, 0600) >= 0;
    bool starts = fork() > 0, talks = socket(AF_INET, SOCK_STREAM, 0) >= 0;
    struct timespec now;
    bool reads = open("/dev/null", O_RDONLY) >= 0 && fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) >= 0 &&
                 clock_gettime(CLOCK_MONOTONIC, &now) == 0;
    unlink("/tmp/digitscope-walls");
    return !writes && !starts && !talks && reads;
}

/* With the walls: as much memory as there is, written to, a piece at a time. */
static void eat(void)
{
    const size_t piece = (size_t)64 << 20;
    platform_confine((size_t)1 << 30, 10);
    for (int i = 0; i < 1000; i++) {
        char *memory = malloc(piece);
        if (!memory) {
            fprintf(stderr, "error %d out of memory after %d pieces\n", NN_NOMEM, i);
            exit(1);
        }
        memset(memory, 1, piece);
    }
}

/* Descriptors but the first three, that programs which are started get. */
static int handed_on(void)
{
    int count = 0;
    for (int fd = 3; fd < 256; fd++) {
        int flags = fcntl(fd, F_GETFD);
        count += flags >= 0 && !(flags & FD_CLOEXEC);
    }
    return count;
}

static int misbehave(const char *how)
{
    if (strncmp(how, "counts ", 7) == 0)
        return handed_on() != atoi(how + 7);
    if (strcmp(how, "crash") == 0) {
        signal(SIGSEGV, SIG_DFL); /* sanitizers take it for themselves */
        raise(SIGSEGV);
    }
    if (strcmp(how, "hang") == 0)
        hang();
    if (strcmp(how, "closed") == 0) { /* says no more and goes on */
        fclose(stdout);
        fclose(stderr);
        hang();
    }
    for (int i = 0; strcmp(how, "flood") == 0; i++)
        printf("%1000d", i);
    for (int i = 0; strcmp(how, "babble") == 0 && i < 3000; i++)
        fprintf(stderr, "%1000d%c", i, i % 7 ? ' ' : '\n');
    if (strcmp(how, "bomb") == 0)
        eat();
    if (strcmp(how, "walls") == 0) {
        platform_confine((size_t)1 << 30, 10);
        fprintf(stderr, "error %d %s\n", NN_FORMAT, is_walled() ? "walled" : "open");
        return 1;
    }
    if (strcmp(how, "says") == 0)
        fprintf(stderr, "noise\nprogress 40\nerror 3 it is \033[1mbroken\nmore noise\n");
    if (strcmp(how, "dark") == 0)
        fprintf(stderr, "error 77 no such code\nerror x\nprogress\n");
    send_model(strcmp(how, "short") == 0 ? 500 : SIZE_MAX);
    fprintf(stderr, "progress 50\n");
    return strcmp(how, "good") != 0 && strcmp(how, "short") != 0 && strcmp(how, "babble") != 0;
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

static int inherited; /* by this program itself */
static double told;
static bool stop;

static void on_progress(void *ctx, double done)
{
    (void)ctx;
    told = done;
}

static bool is_stopped(void *ctx)
{
    (void)ctx;
    return stop;
}

static void ignore(void *ctx, const char *line)
{
    (void)ctx;
    (void)line;
}

static void no_wake(void *ctx)
{
    (void)ctx;
}

static bool import(const char *path)
{
    const import_watch watch = {on_progress, is_stopped, NULL};
    err = (nn_error){0};
    told = -1;
    bool ok = import_file(&model, &(import_request){.path = path, .where = &where}, &watch, &err);
    assert_int_equal(ok, model != NULL);
    return ok;
}

static void refused(const char *path, const char *words)
{
    size_t live = nn_alloc_live();
    int files = faults_open_files();
    assert_false(import(path));
    if (!strstr(err.text, words))
        fail_msg("%s: \"%s\" and not \"%s\"", path, err.text, words);
    assert_int_equal(nn_alloc_live(), live);
    assert_int_equal(faults_open_files(), files);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

static void a_good_child_gives_a_model(void **state)
{
    (void)state;
    assert_true(import("good"));
    assert_string_equal(model->plan->text, net);
    assert_float_equal(told, 0.5, 0);
    nn_model_free(model);
    assert_true(import("babble")); /* noise is no harm */
    nn_model_free(model);
}

static void whatever_a_child_does_is_a_message(void **state)
{
    (void)state;
    import_set_patience(20);
    refused("crash", "broke down");
    refused("flood", "too much");
    refused("short", "short");
    refused("says", "it is ?[1mbroken");
    refused("dark", "without a word");
    import_set_patience(0.3);
    refused("hang", "too long");
    refused("closed", "too long");
    import_set_patience(20);
}

static void a_child_can_be_broken_off(void **state)
{
    (void)state;
    stop = true;
    refused("hang", "broken off");
    stop = false;
}

static void memory_is_limited(void **state)
{
    (void)state;
#ifndef __SANITIZE_ADDRESS__
    refused("bomb", "out of memory after");
#endif
}

static void walls_stand(void **state)
{
    (void)state;
#if defined(DIGITSCOPE_SECCOMP) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    refused("walls", "walled");
#endif
}

/* The system forgets how they end. */
static int ignore_children(void **state)
{
    (void)state;
    return signal(SIGCHLD, SIG_IGN) == SIG_ERR;
}

static int mind_children(void **state)
{
    (void)state;
    return signal(SIGCHLD, SIG_DFL) == SIG_ERR;
}

static void a_child_that_nobody_waits_for_is_none_that_is_done(void **state)
{
    (void)state;
    refused("fails", "broke down");
}

enum { STARTERS = 4, STARTS = 25 };

static void *start_many(void *ctx)
{
    const child_watch quietly = {.seconds = 60, .most = 0, .line = ignore};
    const char *words[] = {IMPORT_WORD, "path", ctx, NULL};
    for (int i = 0; i < STARTS; i++) {
        unsigned char *data;
        size_t len;
        if (child_run(words, &quietly, &data, &len) != CHILD_DONE)
            return NULL;
    }
    return ctx;
}

/* A child that got another's pipe would keep that open. */
static void children_have_nothing_of_each_other(void **state)
{
    (void)state;
    char how[32];
    pthread_t starter[STARTERS];
    signals_catch(no_wake, NULL); /* has a pipe, too */
    snprintf(how, sizeof how, "counts %d", inherited);
    for (int i = 0; i < STARTERS; i++)
        assert_int_equal(pthread_create(&starter[i], NULL, start_many, how), 0);
    for (int i = 0; i < STARTERS; i++) {
        void *done;
        pthread_join(starter[i], &done);
        assert_non_null(done);
    }
}

static void no_process_is_a_message(void **state)
{
    (void)state;
    child_set_program("/nowhere/program");
    refused("good", "no process");
    child_set_program(NULL);
}

static bool import_good(void *ctx, nn_error *e)
{
    (void)ctx;
    const import_watch watch = {0};
    bool ok = import_file(&model, &(import_request){.path = "good", .where = &where}, &watch, e);
    nn_model_free(model);
    return ok;
}

static void running_out_of_memory_is_survived(void **state)
{
    (void)state;
    const fault_case test = {.run = import_good};
    assert_true(faults_try_all("importing", &test) > 5);
}

/* ---- what the program's own child says --------------------------------------------------------------------------- */

static void write_file(const char *path, const void *data, size_t len)
{
    assert_true(nn_file_save(path, data, len, NN_CONSISTENT, &err));
}

static void other_files_are_told_what_they_are(void **state)
{
    static const struct {
        const char *begin, *words;
    } files[] = {
        {"", "an empty file"},
        {" \n\n", "an empty file"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "git lfs pull"},
        {"\n <!DOCTYPE html><html>", "a web page"},
        {"<HTML lang=de>", "a web page"},
        {"{\"cells\": []}", "Jupyter"},
        {"{\"class_name\": \"Sequential\"}", "without its weights"},
        {"import torch\n", "a text"},
        {"\x80\x03}q\x01.", "save the network in it as ONNX"},
        {"\x80\2csklearn.svm\nSVC\n.", "skl2onnx"},
        {"\x80\2ctorch._utils\n_rebuild\n.", "torch.save"},
        {"PK\3\4", "broken or cut short"},
        {"\x89PNG\r\n\x1a\n", "a picture"},
        {"\x1f\x8b\x08", "unpack"},
        {"PK\3\4PK\5\6", "unpack"},
        {"GGUF", "language model"},
        {"\x93NUMPY", "NumPy"},
        {"\x1c\xfe\xff\xfeTFL3", "cut off or damaged"},
        {"\xff\xfe\xfd\xfc\x01", "no model of a known kind"},
    };
    (void)state;
    temp_make();
    child_set_program(TEST_BUILD "/digitscope");
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        write_file(temp_path("model.h5"), files[i].begin, strlen(files[i].begin));
        refused(temp_path("model.h5"), files[i].words);
        assert_non_null(strstr(err.text, "model.h5"));
    }
    write_file(temp_path("net.onnx.data"), "\xff\xfe\xfd\xfc\x01", 5);
    refused(temp_path("net.onnx.data"), "open the file beside it");
    refused("/nowhere/model.onnx", "/nowhere/model.onnx");
    child_set_program(NULL);
    temp_remove();
}

static void errors_are_in_the_language_of_the_window(void **state)
{
    (void)state;
    const import_watch watch = {0};
    temp_make();
    write_file(temp_path("page.onnx"), "<html>", 6);
    child_set_program(TEST_BUILD "/digitscope");
    assert_false(import_file(
        &model, &(import_request){.path = temp_path("page.onnx"), .where = &where, .language = "de"}, &watch, &err));
    assert_non_null(strstr(err.text, "eine Webseite"));
    child_set_program(NULL);
    temp_remove();
}

/* A zip by its list of entries, and where that is cut off by the entries themselves; a protobuf by its fields. */
static void zips_and_protobufs_are_told_apart(void **state)
{
    static const struct {
        const char *name;
        foreign_kind kind;
    } zips[] = {{"archive/data.pkl", FOREIGN_TORCH}, {"model.weights.h5", FOREIGN_KERAS},
                {"config.json", FOREIGN_KERAS},      {"saved_model/saved_model.pb", FOREIGN_TENSORFLOW},
                {"arr_0.npy", FOREIGN_ARRAY},        {"model.h5", FOREIGN_BROKEN}};
    static const unsigned char onnx[] = "\x08\x07\x12\x07pytorch\x3a\xff\x01rest";
    static const unsigned char saved[2 + 2 + 70] = "\x08\x01\x12\x46meta";
    (void)state;
    for (size_t i = 0; i < sizeof zips / sizeof *zips; i++) {
        unsigned char local[100] = "PK\3\4", listed[100] = "PK\3\4xxPK\1\2";
        size_t len = strlen(zips[i].name);
        local[26] = listed[6 + 28] = (unsigned char)len;
        memcpy(local + 30, zips[i].name, len);
        memcpy(listed + 6 + 46, zips[i].name, len);
        assert_int_equal(foreign_recognise(local, 30 + len + 16), zips[i].kind);
        assert_int_equal(foreign_recognise(listed, 6 + 46 + len), zips[i].kind);
    }
    assert_int_equal(foreign_recognise((const unsigned char *)"PK\3\4", 4), FOREIGN_BROKEN);
    assert_int_equal(foreign_recognise((const unsigned char *)"PK\3\4xxPK\5\6", 10), FOREIGN_ARCHIVE);
    assert_int_equal(foreign_recognise(onnx, sizeof onnx - 1), FOREIGN_ONNX);
    assert_int_equal(foreign_recognise(saved, sizeof saved), FOREIGN_TENSORFLOW);
    for (size_t len = 3; len < 16; len++) /* an ONNX file that is cut before its graph is none of TensorFlow's */
        assert_int_equal(foreign_recognise(onnx, len), len < 14 ? FOREIGN_UNKNOWN : FOREIGN_ONNX);
    for (size_t len = 1; len < 10; len++) /* cut before there is anything to tell */
        assert_int_not_equal(foreign_recognise((const unsigned char *)"\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe", len),
                             FOREIGN_ONNX);
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], IMPORT_WORD) == 0)
        return misbehave(argv[3]);
    inherited = handed_on();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_child_gives_a_model),
        cmocka_unit_test(whatever_a_child_does_is_a_message),
        cmocka_unit_test(a_child_can_be_broken_off),
        cmocka_unit_test(memory_is_limited),
        cmocka_unit_test(walls_stand),
        cmocka_unit_test_setup_teardown(a_child_that_nobody_waits_for_is_none_that_is_done, ignore_children,
                                        mind_children),
        cmocka_unit_test(children_have_nothing_of_each_other),
        cmocka_unit_test(no_process_is_a_message),
        cmocka_unit_test(running_out_of_memory_is_survived),
        cmocka_unit_test(other_files_are_told_what_they_are),
        cmocka_unit_test(errors_are_in_the_language_of_the_window),
        cmocka_unit_test(zips_and_protobufs_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
