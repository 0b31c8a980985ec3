/* replay.c - drives a harness without libFuzzer: its seeds, then deterministic mutations of them.
 *
 *     replay_NAME --runs N        every seed and N mutations
 *     replay_NAME --seeds DIR     writes the seeds as files, a first corpus for libFuzzer
 *     replay_NAME FILE...         these inputs
 *
 * An input that fails is left in the working directory as replay_NAME.failed. */
#include "fuzz.h"
#include "tests/support/nets.h"
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { MAX_SEEDS = 256, MAX_BYTES = 1 << 20, MAX_GROWTH = 4096 };

static struct seed {
    uint8_t *data;
    size_t len;
} seed[MAX_SEEDS];
static int n_seeds;

/* The input being run, for the crash handler. */
static struct current {
    const uint8_t *data;
    size_t len;
    char path[256];
} current;

static void *memory(size_t len)
{
    void *block = malloc(len + 1);
    FUZZ_REQUIRE(block != NULL);
    return block;
}

static void add_seed(const void *data, size_t len)
{
    FUZZ_REQUIRE(n_seeds < MAX_SEEDS);
    seed[n_seeds].data = memory(len);
    memcpy(seed[n_seeds].data, data, len);
    seed[n_seeds++].len = len;
}

static void run_input(const uint8_t *data, size_t len)
{
    current.data = data;
    current.len = len;
    LLVMFuzzerTestOneInput(data, len);
}

/* ---- mutations --------------------------------------------------------------------------------------------------- */

typedef struct input {
    uint8_t *data;
    size_t len, room;
    uint64_t random;
} input;

static size_t below(input *in, size_t n)
{
    return (size_t)(random_bits(&in->random) % (n ? n : 1));
}

/* Opens a gap of n bytes; false where there is no room. */
static bool open_gap(input *in, size_t at, size_t n)
{
    if (in->len + n > in->room)
        return false;
    memmove(in->data + at + n, in->data + at, in->len - at);
    in->len += n;
    return true;
}

static void change_byte(input *in)
{
    if (in->len)
        in->data[below(in, in->len)] = (uint8_t)random_bits(&in->random);
}

static void flip_bit(input *in)
{
    if (in->len)
        in->data[below(in, in->len)] ^= (uint8_t)(1u << below(in, 8));
}

static void insert_bytes(input *in)
{
    size_t at = below(in, in->len + 1), n = 1 + below(in, 8);
    if (open_gap(in, at, n))
        for (size_t i = 0; i < n; i++)
            in->data[at + i] = (uint8_t)random_bits(&in->random);
}

static void delete_range(input *in)
{
    size_t at = below(in, in->len + 1), n = below(in, in->len - at + 1);
    n = below(in, 2) ? n : n % 9;
    memmove(in->data + at, in->data + at + n, in->len - at - n);
    in->len -= n;
}

static void repeat_range(input *in)
{
    size_t from = below(in, in->len + 1), n = below(in, in->len - from + 1) % 257, to = below(in, in->len + 1);
    uint8_t part[257];
    memcpy(part, in->data + from, n);
    if (open_gap(in, to, n))
        memcpy(in->data + to, part, n);
}

static void truncate_input(input *in)
{
    in->len = below(in, in->len + 1);
}

static void insert_word(input *in)
{
    size_t count = 0;
    while (fuzz_words[count])
        count++;
    const char *word = fuzz_words[below(in, count)];
    size_t at = below(in, in->len + 1), n = strlen(word);
    if (open_gap(in, at, n))
        memcpy(in->data + at, word, n);
}

/* Puts another number where one stands in a text. */
static void change_number(input *in)
{
    static const char *const numbers[] = {
        "0", "-1", "1", "2", "3.5", "1e400", "4096", "4097", "2147483648", "18446744073709551616",
    };
    size_t at = below(in, in->len + 1), end;
    while (at < in->len && (in->data[at] < '0' || in->data[at] > '9'))
        at++;
    for (end = at; end < in->len && in->data[end] >= '0' && in->data[end] <= '9';)
        end++;
    const char *number = numbers[below(in, sizeof numbers / sizeof *numbers)];
    memmove(in->data + at, in->data + end, in->len - end);
    in->len -= end - at;
    if (open_gap(in, at, strlen(number)))
        memcpy(in->data + at, number, strlen(number));
}

/* The tail of another seed behind the head of this one. */
static void splice(input *in)
{
    const struct seed *other = &seed[below(in, (size_t)n_seeds)];
    size_t at = below(in, in->len + 1), from = below(in, other->len + 1), n = other->len - from;
    if (at + n > in->room)
        return;
    memcpy(in->data + at, other->data + from, n);
    in->len = at + n;
}

static void run_mutation(int number)
{
    static void (*const mutate[])(input *) = {change_byte, flip_bit,       insert_bytes,  delete_range,  repeat_range,
                                              insert_word, truncate_input, change_number, change_number, splice};
    const struct seed *from = &seed[number % n_seeds];
    input in = {.len = from->len, .room = from->len + MAX_GROWTH, .random = (uint64_t)number};
    uint8_t *room = memory(in.room);
    in.data = room;
    memcpy(in.data, from->data, from->len);
    for (size_t i = 1 + below(&in, 4); i-- > 0;)
        mutate[below(&in, sizeof mutate / sizeof *mutate)](&in);
    uint8_t *exact = memory(in.len); /* ends where the input ends, for the address sanitizer */
    exact = realloc(exact, in.len ? in.len : 1);
    FUZZ_REQUIRE(exact != NULL);
    memcpy(exact, in.data, in.len);
    run_input(exact, in.len);
    free(exact);
    free(room);
}

/* ---- what the command line asks for ------------------------------------------------------------------------------ */

/* On a crash: keeps the input, with what a signal handler may call. */
static void keep_input(int signal_number)
{
    int fd = open(current.path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ssize_t kept = fd < 0 ? -1 : write(fd, current.data, current.len);
    static const char text[] = "the input is kept as ";
    if (kept == (ssize_t)current.len)
        kept = write(STDERR_FILENO, text, sizeof text - 1) + write(STDERR_FILENO, current.path, strlen(current.path)) +
               write(STDERR_FILENO, "\n", 1);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void run_file(const char *path)
{
    unsigned char *data;
    size_t len;
    nn_error err = {0};
    if (!nn_file_read(path, MAX_BYTES, &data, &len, &err)) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    run_input(data, len);
    nn_free(data);
}

static void write_seeds(const char *folder)
{
    for (int i = 0; i < n_seeds; i++) {
        char path[4096];
        nn_error err = {0};
        snprintf(path, sizeof path, "%s/seed-%03d", folder, i);
        if (!nn_file_mkdirs(folder, &err) || !nn_file_save(path, seed[i].data, seed[i].len, NN_CONSISTENT, &err)) {
            fprintf(stderr, "%s\n", err.text);
            exit(1);
        }
    }
}

static void run_all(const char *name, int runs)
{
    for (int i = 0; i < n_seeds; i++)
        run_input(seed[i].data, seed[i].len);
    for (int i = 0; i < runs; i++)
        run_mutation(i);
    printf("{\"name\": \"%s\", \"seeds\": %d, \"mutations\": %d, \"findings\": 0}\n", name, n_seeds, runs);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
    size_t live = nn_alloc_live();
    fuzz_seeds(add_seed);
    FUZZ_REQUIRE(n_seeds > 0);
    snprintf(current.path, sizeof current.path, "%s.failed", name);
    signal(SIGABRT, keep_input);
    signal(SIGSEGV, keep_input);
    signal(SIGFPE, keep_input);
    if (argc == 3 && strcmp(argv[1], "--runs") == 0)
        run_all(name, atoi(argv[2]));
    else if (argc == 3 && strcmp(argv[1], "--seeds") == 0)
        write_seeds(argv[2]);
    else
        for (int i = 1; i < argc; i++)
            run_file(argv[i]);
    FUZZ_REQUIRE(nn_alloc_live() == live);
    while (n_seeds > 0)
        free(seed[--n_seeds].data);
    return 0;
}
