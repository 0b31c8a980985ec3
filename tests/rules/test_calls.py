"""test_calls.py SOURCE - which functions of the C library the sources call, and where."""
import glob
import os
import re
import sys
import unittest

SOURCE = sys.argv.pop(1)

OTHER_PROGRAMS = ("app/texts/compile/", "nn/examples/")  # that only the build runs, or that show how nn is used

# Files go through nn/file_io.c, where a test can make them fail. What is named here only looks at the system.
FILES = ("fopen freopen fdopen fwrite tmpfile open openat creat mkstemp opendir rename unlink remove rmdir mkdir truncate "
         "ftruncate write pwrite writev fsync fdatasync link symlink chmod mmap").split()
MAY_OPEN = {"nn/file_io.c": FILES, "nn/file.c": ["rmdir"], "nn/file_temp.c": ["opendir"],
            "app/core/platform.c": ["fopen"],  # /proc/cpuinfo, user-dirs.dirs
            "app/core/folder.c": ["opendir"], "app/core/model/models.c": ["opendir"],  # list a folder
            "app/core/data/folder_names.c": ["opendir"],
            "app/core/console/terminal.c": ["fwrite"],  # to streams that are open
            "app/platform/signals.c": ["write"]}  # to a pipe of its own, from a signal handler

# What people read goes through terminal.c, where values cannot steer the terminal.
PRINTING = "printf fprintf vprintf vfprintf dprintf puts fputs fputc putc putchar perror psignal".split()
MAY_PRINT = {"app/core/console/terminal.c": PRINTING,
             "nn/alloc.c": ["fprintf"]}  # where memory was damaged, before the end


# A thread's stack is as large as nn/thread.h says, on every system.
THREADS = "pthread_create thrd_create SDL_CreateThread".split()
MAY_START_THREADS = {"nn/thread.c": THREADS}

# Other waits would last an hour longer where somebody sets the clock back by one.
WAITING = "pthread_cond_timedwait pthread_cond_timedwait_relative_np cnd_timedwait pthread_mutex_timedlock".split()
MAY_WAIT = {"app/core/platform.c": WAITING}

# Their results lie in memory that all threads share.
SHARED = "localtime gmtime ctime asctime strtok rand srand random getpwnam getpwuid gethostbyname ttyname".split()


def sources():
    for room in ("nn", "app"):
        for path in sorted(glob.glob(os.path.join(SOURCE, room, "**", "*.[ch]"), recursive=True)):
            name = os.path.relpath(path, SOURCE)
            if not name.startswith(OTHER_PROGRAMS):
                with open(path, encoding="utf-8") as file:
                    yield name, file.read()


def code(text):
    """Without comments and the content of strings."""
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', '""', text, flags=re.S)


def calls(text, names):
    """Of functions of these names; members of tables are called with . or ->, and a file may have its own."""
    text = code(text)
    own = set(re.findall(r"^static [\w *]*?(\w+)\(|\(\*(\w+)\)\(", text, flags=re.M))
    return set(re.findall(r"(?<![\w.>])(%s)\(" % "|".join(names), text)) - {name for pair in own for name in pair}


class Rules(unittest.TestCase):
    def only_where_allowed(self, names, allowed):
        seen = set()
        for path, text in sources():
            found = calls(text, names)
            self.assertLessEqual(found, set(allowed.get(path, [])), path)
            seen |= {path} if found else set()
        self.assertEqual(seen, set(allowed), "an exception that none needs")

    def test_threads_are_started_in_one_place(self):
        self.only_where_allowed(THREADS, MAY_START_THREADS)

    def test_waits_end_by_a_clock_that_nobody_sets(self):
        self.only_where_allowed(WAITING, MAY_WAIT)

    def test_threads_share_no_results(self):
        self.only_where_allowed(SHARED, {})

    def test_files_go_through_the_file_module(self):
        self.only_where_allowed(FILES, MAY_OPEN)

    def test_printing_goes_through_the_terminal_module(self):
        self.only_where_allowed(PRINTING, MAY_PRINT)


if __name__ == "__main__":
    unittest.main()
