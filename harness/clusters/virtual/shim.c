/*
 * Preloaded into a program (LD_PRELOAD): its waiting, its clocks and its chance are the harness's.
 *
 * Wherever the main thread would wait, the harness is told "idle until T" and says what time it is then. Integers are
 * 8 bytes, little-endian, signed. Reports, on `ctl`: { until, bytes }: until when, in ns since the life began (-1 for
 * ever), and how many bytes were written to stdout since the last report. Instead of a time: -2 a template is ready,
 * -3 the program ends by itself, -4 there can be no template, -5 it has not waited for a long time, -6 its output must
 * be read before it can write more. Answers, on `cmd`: { now, wall }: ns since the life began, and of the wall clock.
 *
 * As a template (SPLITBRAIN_FORK) the process stops at its first wait on stdin and forks a life for each request.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
/* What the clocks show when a life begins. */
#define WALL_BASE (1700000000LL * SECOND)
#define MONOTONIC_BASE (1000LL * SECOND)
/* So many polls without effect in a row are a wait of so long. */
#define SPINS 6
#define SPIN_NS 5000000LL
/* A program that does not wait for so long in real time is stuck. */
#define PATIENCE_S 10
/* So much may be written before it is read. */
#define UNREAD (512 * 1024)
/* The harness's descriptors are above all that a program expects to have. */
#define LEAST_FD 100

enum { TEMPLATE = -2, ENDS = -3, NO_TEMPLATE = -4, STUCK = -5, FULL = -6 };

static int on, ctl = -1, cmd = -1, fork_server, started, has_threads, spins;
static pid_t main_tid;
static int64_t now_ns, wall_ns, out_bytes;
static uint64_t chance_state;
static timer_t patience;
static int has_patience;

#define REAL(type, name, ...) static type (*real_##name)(__VA_ARGS__)
REAL(ssize_t, read, int, void *, size_t);
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, writev, int, const struct iovec *, int);
REAL(int, poll, struct pollfd *, nfds_t, int);
REAL(int, select, int, fd_set *, fd_set *, fd_set *, struct timeval *);
REAL(int, epoll_pwait, int, struct epoll_event *, int, int, const sigset_t *);
REAL(int, pthread_create, pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
REAL(int, pthread_join, pthread_t, void **);
REAL(int, pthread_cond_wait, pthread_cond_t *, pthread_mutex_t *);
REAL(int, pthread_cond_timedwait, pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
REAL(int, pthread_cond_clockwait, pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
REAL(int, pthread_cond_signal, pthread_cond_t *);
REAL(int, pthread_cond_broadcast, pthread_cond_t *);
REAL(int, sem_wait, sem_t *);
REAL(int, sem_timedwait, sem_t *, const struct timespec *);
REAL(int, sem_clockwait, sem_t *, clockid_t, const struct timespec *);
REAL(int, sem_post, sem_t *);
REAL(long, syscall, long, ...);
#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
/* Those of x86-64 that are found without a version are of a time when conditions were other structures. */
#define FIND_NEW(name) if (!(real_##name = dlvsym(RTLD_NEXT, #name, "GLIBC_2.3.2"))) FIND(name)
static void find(void) {
  static int found;
  if (found) return;
  FIND(syscall); FIND(read); FIND(write); FIND(writev); FIND(poll); FIND(select); FIND(epoll_pwait);
  FIND(pthread_create); FIND(pthread_join); FIND(sem_wait); FIND(sem_timedwait); FIND(sem_clockwait); FIND(sem_post);
  FIND_NEW(pthread_cond_wait); FIND_NEW(pthread_cond_timedwait); FIND(pthread_cond_clockwait);
  FIND_NEW(pthread_cond_signal); FIND_NEW(pthread_cond_broadcast);
  found = 1;
}
/* System calls of the library itself. */
#define SYS(...) (find(), real_syscall(__VA_ARGS__))

static int is_main(void) { return on && (pid_t)SYS(SYS_gettid) == main_tid; }

/* ---- talking to the harness ---- */

static void take(void *to, size_t size) {
  for (size_t n = 0; n < size;) {
    ssize_t got = SYS(SYS_read, cmd, (char *)to + n, size - n);
    if (got > 0) n += got;
    else if (got == 0 || errno != EINTR) _exit(0); /* The harness is gone. */
  }
}

static void report(int64_t until) {
  int64_t record[2] = {until, __atomic_exchange_n(&out_bytes, 0, __ATOMIC_SEQ_CST)};
  while (SYS(SYS_write, ctl, record, sizeof record) != sizeof record)
    if (errno != EINTR) _exit(0);
}

static void take_now(void) {
  int64_t times[2];
  take(times, sizeof times);
  __atomic_store_n(&now_ns, times[0], __ATOMIC_SEQ_CST);
  wall_ns = times[1];
}

static void stuck(int signal) {
  (void)signal;
  report(STUCK);
}

/* Counts in real time from when the program may run to when it waits. */
static void watch(int running) {
  if (!has_patience) return;
  struct itimerspec spec = {{0, 0}, {running ? PATIENCE_S : 0, 0}};
  timer_settime(patience, 0, &spec, 0);
}

static void begin_watching(void) {
  struct sigaction action = {.sa_handler = stuck, .sa_flags = SA_RESTART};
  struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMAX - 3};
  sigaction(SIGRTMAX - 3, &action, 0);
  has_patience = timer_create(CLOCK_MONOTONIC, &event, &patience) == 0;
  watch(1);
}

/* ---- other threads ---- */

static int out_of_the_way(int fd);
static int64_t ns_of(const struct timespec *t) { return t ? t->tv_sec * SECOND + t->tv_nsec : -1; }
static void idle(int64_t until);

/* Whether the task waits, and how often it has given up its processor by itself. */
static int waits(const char *task, long *switches) {
  char path[300], text[4096];
  snprintf(path, sizeof path, "/proc/self/task/%s/status", task);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 1;
  ssize_t n = SYS(SYS_read, fd, text, sizeof text - 1);
  close(fd);
  if (n <= 0) return 1;
  text[n] = 0;
  char *count = strstr(text, "\nvoluntary_ctxt_switches:"), *state = strstr(text, "State:");
  if (count) *switches += atol(count + 25);
  return !state || state[7] == 'S';
}

static int others_wait(long *switches) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return 1;
  char me[32];
  snprintf(me, sizeof me, "%d", main_tid);
  int all = 1;
  for (struct dirent *task; (task = readdir(tasks));)
    if (task->d_name[0] != '.' && strcmp(task->d_name, me) != 0 && !waits(task->d_name, switches)) all = 0;
  closedir(tasks);
  return all;
}

/* Lets the other threads run until all wait, twice in a row without having run in between. */
static void settle(void) {
  if (!has_threads) return;
  for (long before = -1;;) {
    long switches = 0;
    int all = others_wait(&switches);
    if (all && switches == before) return;
    before = all ? switches : -1;
    struct timespec moment = {0, 20000};
    SYS(SYS_nanosleep, &moment, 0);
  }
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *argument) {
  find();
  has_threads = 1;
  return real_pthread_create(thread, attributes, run, argument);
}

static int select_now(int n, fd_set *r, fd_set *w, fd_set *e, const fd_set *from) {
  struct timeval none = {0, 0};
  if (r) *r = from[0];
  if (w) *w = from[1];
  if (e) *e = from[2];
  return real_select(n, r, w, e, &none);
}

#include "waits.c"

/* ---- waiting ---- */

static void serve(void);
static int threads(void) {
  int count = 0;
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return 2;
  for (struct dirent *task; (task = readdir(tasks));) if (task->d_name[0] != '.') count++;
  closedir(tasks);
  return count;
}

/* The main thread waits until a moment, or until something may have come. */
static void idle(int64_t until) {
  int error = errno;
  if (fork_server) {
    fork_server = 0;
    if (threads() == 1) serve();
    else report(NO_TEMPLATE);
  }
  settle();
  struct sleeper *first = first_sleeper();
  if (first && (until < 0 || first->until < until)) until = first->until;
  started = 1;
  spins = 0;
  watch(0);
  report(until);
  take_now();
  watch(1);
  /* One after the other, so that they do not race. */
  for (; (first = first_sleeper()) && first->until <= now_ns; settle()) {
    lock();
    wake(first, LATE);
    unlock();
  }
  settle();
  errno = error;
}

/* Asks without waiting, and waits here, until something is there or the moment has come. */
#define WAIT(ASK, NS) do { \
    int64_t ns_ = (NS), until_ = ns_ < 0 ? -1 : now_ns + ns_; \
    for (;;) { \
      int found_ = (ASK); \
      if (found_ != 0) { spins = 0; return found_; } \
      if (ns_ == 0) { if (++spins > SPINS) idle(now_ns + SPIN_NS); return 0; } \
      if (until_ >= 0 && now_ns >= until_) return 0; \
      if (has_threads) { settle(); found_ = (ASK); if (found_ != 0) return found_; } \
      idle(until_); \
    } } while (0)

int poll(struct pollfd *fds, nfds_t n, int ms) {
  find();
  if (!is_main()) return on ? poll_in_thread(fds, n, ms < 0 ? -1 : ms * 1000000LL) : real_poll(fds, n, ms);
  WAIT(real_poll(fds, n, 0), ms < 0 ? -1 : ms * 1000000LL);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask) {
  find();
  (void)mask;
  int64_t ns = ns_of(timeout);
  if (!is_main()) return on ? poll_in_thread(fds, n, ns) : real_poll(fds, n, ns < 0 ? -1 : (int)(ns / 1000000));
  WAIT(real_poll(fds, n, 0), ns);
}

int select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *timeout) {
  find();
  int64_t ns = timeout ? timeout->tv_sec * SECOND + timeout->tv_usec * 1000LL : -1;
  if (!is_main()) return on && ns >= 0 ? select_in_thread(n, r, w, e, ns) : real_select(n, r, w, e, timeout);
  fd_set from[3];
  if (r) from[0] = *r;
  if (w) from[1] = *w;
  if (e) from[2] = *e;
  WAIT(select_now(n, r, w, e, from), ns);
}

int pselect(int n, fd_set *r, fd_set *w, fd_set *e, const struct timespec *timeout, const sigset_t *mask) {
  (void)mask;
  struct timeval tv;
  if (timeout) { tv.tv_sec = timeout->tv_sec; tv.tv_usec = timeout->tv_nsec / 1000; }
  return select(n, r, w, e, timeout ? &tv : 0);
}

int epoll_pwait(int fd, struct epoll_event *events, int n, int ms, const sigset_t *mask) {
  find();
  if (!is_main()) return on ? epoll_in_thread(fd, events, n, ms, mask) : real_epoll_pwait(fd, events, n, ms, mask);
  WAIT(real_epoll_pwait(fd, events, n, 0, mask), ms < 0 ? -1 : ms * 1000000LL);
}

int epoll_wait(int fd, struct epoll_event *events, int n, int ms) { return epoll_pwait(fd, events, n, ms, 0); }

static int sleep_ns(int64_t ns) {
  if (ns <= 0) return 0;
  if (!is_main()) return sleep_in_thread(ns);
  for (int64_t until = now_ns + ns; now_ns < until;) idle(until);
  return 0;
}

int nanosleep(const struct timespec *t, struct timespec *left) {
  (void)left;
  return on ? sleep_ns(ns_of(t)) : SYS(SYS_nanosleep, t, left);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *t, struct timespec *left) {
  if (!on) return SYS(SYS_clock_nanosleep, clock, flags, t, left) == 0 ? 0 : errno;
  int64_t from = clock == CLOCK_REALTIME ? WALL_BASE + wall_ns : MONOTONIC_BASE + now_ns;
  sleep_ns(flags & TIMER_ABSTIME ? ns_of(t) - from : ns_of(t));
  return 0;
}

int usleep(useconds_t us) {
  struct timespec t = {us / 1000000, us % 1000000 * 1000};
  return nanosleep(&t, 0);
}

unsigned sleep(unsigned s) {
  struct timespec t = {s, 0};
  nanosleep(&t, 0);
  return 0;
}

/* ---- reading and writing ---- */

static int is_readable(int fd) {
  struct pollfd p = {fd, POLLIN, 0};
  return real_poll(&p, 1, 0) > 0;
}

ssize_t read(int fd, void *to, size_t n) {
  find();
  if (fd == 0 && is_main()) while (!is_readable(0)) idle(-1);
  if (fd == 0) spins = 0;
  return real_read(fd, to, n);
}

ssize_t readv(int fd, const struct iovec *parts, int n) {
  find();
  if (fd == 0 && is_main()) while (!is_readable(0)) idle(-1);
  return SYS(SYS_readv, fd, parts, n);
}

static void written(ssize_t n) {
  spins = 0;
  if (!on || n <= 0) return;
  if (__atomic_add_fetch(&out_bytes, n, __ATOMIC_SEQ_CST) < UNREAD || !is_main()) return;
  report(FULL);
  take_now();
}

ssize_t write(int fd, const void *from, size_t n) {
  find();
  /* In pieces, so that no write waits for a reader who waits for this program. */
  if (fd == 1 && n > UNREAD / 2) n = UNREAD / 2;
  ssize_t done = real_write(fd, from, n);
  if (fd == 1) written(done);
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int n) {
  find();
  ssize_t done = real_writev(fd, parts, n);
  if (fd == 1) written(done);
  return done;
}

/* ---- clocks and chance ---- */

int clock_gettime(clockid_t clock, struct timespec *t) {
  int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  int is_monotonic = clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_RAW || clock == CLOCK_MONOTONIC_COARSE ||
                     clock == CLOCK_BOOTTIME;
  if (!on || (!is_wall && !is_monotonic)) return SYS(SYS_clock_gettime, clock, t);
  int64_t ns = is_wall ? WALL_BASE + wall_ns : MONOTONIC_BASE + now_ns;
  t->tv_sec = ns / SECOND;
  t->tv_nsec = ns % SECOND;
  return 0;
}

int gettimeofday(struct timeval *tv, void *zone) {
  (void)zone;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  tv->tv_sec = t.tv_sec;
  tv->tv_usec = t.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *to) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  if (to) *to = t.tv_sec;
  return t.tv_sec;
}

/* Marsaglia's xorshift. */
static uint64_t draw(void) {
  chance_state ^= chance_state << 13;
  chance_state ^= chance_state >> 7;
  return chance_state ^= chance_state << 17;
}

static void seed(uint64_t from) {
  chance_state = from * 2 + 1;
  for (int i = 0; i < 20; i++) draw();
}

ssize_t getrandom(void *to, size_t n, unsigned flags) {
  if (!on) return SYS(SYS_getrandom, to, n, flags);
  for (size_t i = 0; i < n; i++) ((unsigned char *)to)[i] = draw() >> 24;
  return n;
}

int getentropy(void *to, size_t n) { return getrandom(to, n, 0) == (ssize_t)n ? 0 : -1; }

/* ---- beginning and end ---- */

static int opened(const char *path, const char *what, int flags) {
  char whole[600];
  snprintf(whole, sizeof whole, "%s.%s", path, what);
  int fd = open(whole, flags, 0644);
  if (fd < 0) _exit(9);
  return fd;
}

static int out_of_the_way(int fd) {
  int moved = fcntl(fd, F_DUPFD_CLOEXEC, LEAST_FD);
  close(fd);
  return moved;
}

static void connect_to(const char *path) {
  if (ctl >= 0) close(ctl);
  if (cmd >= 0) close(cmd);
  ctl = out_of_the_way(opened(path, "ctl", O_WRONLY));
  cmd = out_of_the_way(opened(path, "cmd", O_RDWR));
}

static void text(char *to, size_t most) {
  int64_t length;
  take(&length, 8);
  if (length < 0 || (size_t)length >= most) _exit(9);
  take(to, length);
  to[length] = 0;
}

/* A forked life: with pipes, a folder and chance of its own. */
static void be_born(const char *path, const char *folder, int64_t from) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char *names[] = {"in", "out", "log"};
  for (int i = 0; i < 3; i++) {
    int fd = opened(path, names[i], i == 2 ? O_WRONLY | O_APPEND | O_CREAT : O_RDWR);
    dup2(fd, i);
    close(fd);
  }
  connect_to(path);
  if (chdir(folder) != 0) _exit(9);
  main_tid = getpid();
  now_ns = wall_ns = out_bytes = 0;
  seed(from);
  begin_watching();
}

/* The template: forks a life for each request, and never goes on itself. CPython is told, as by its own fork. */
static void serve(void) {
  watch(0);
  report(TEMPLATE);
  int (*ensure)(void) = dlsym(RTLD_DEFAULT, "PyGILState_Ensure");
  void (*release)(int) = dlsym(RTLD_DEFAULT, "PyGILState_Release");
  void (*before)(void) = dlsym(RTLD_DEFAULT, "PyOS_BeforeFork");
  void (*in_parent)(void) = dlsym(RTLD_DEFAULT, "PyOS_AfterFork_Parent");
  void (*in_child)(void) = dlsym(RTLD_DEFAULT, "PyOS_AfterFork_Child");
  for (;;) {
    int64_t from;
    char path[512], folder[512];
    take(&from, 8);
    text(path, sizeof path);
    text(folder, sizeof folder);
    while (waitpid(-1, 0, WNOHANG) > 0); /* Lives that have ended. */
    int gil = 0;
    if (before) { gil = ensure(); before(); }
    pid_t pid = fork();
    if (pid != 0) {
      if (before) { in_parent(); release(gil); }
      int64_t told = pid;
      while (SYS(SYS_write, ctl, &told, 8) != 8) if (errno != EINTR) _exit(0);
      continue;
    }
    be_born(path, folder, from);
    if (before) { in_child(); release(gil); }
    return;
  }
}

__attribute__((constructor)) static void begin(void) {
  find();
  const char *path = getenv("SPLITBRAIN_PIPES"), *from = getenv("SPLITBRAIN_CHANCE");
  /* What a launcher starts besides is left alone: the leader of the group is the program. */
  if (!path || !from || getpid() != getpgrp()) return;
  connect_to(path);
  seed(strtoull(from, 0, 10));
  fork_server = getenv("SPLITBRAIN_FORK") != 0;
  main_tid = getpid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  on = 1;
  begin_watching();
}

__attribute__((destructor)) static void end(void) {
  if (started && is_main()) report(ENDS);
}
