/* Makes each kind of wait with a limit, told its name on a line, and answers with the ms that it took by its clock. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int result;
static int pipe_fds[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static int word;

static struct timespec in(clockid_t clock, long ms) {
  struct timespec t;
  clock_gettime(clock, &t);
  t.tv_sec += ms / 1000;
  t.tv_nsec += ms % 1000 * 1000000;
  if (t.tv_nsec >= 1000000000) { t.tv_sec++; t.tv_nsec -= 1000000000; }
  return t;
}

static long ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void make(const char *kind) {
  struct timespec t;
  struct timeval tv = {0, 300000};
  if (!strcmp(kind, "nanosleep")) nanosleep(&(struct timespec){0, 300000000}, 0);
  if (!strcmp(kind, "asking")) { /* Until the moment has passed, as some libraries do. */
    long from = ms();
    nanosleep(&(struct timespec){0, 300000000}, 0);
    while (ms() <= from + 300) poll(&(struct pollfd){pipe_fds[0], POLLIN, 0}, 1, 0);
  }
  if (!strcmp(kind, "poll")) result = poll(&(struct pollfd){pipe_fds[0], POLLIN, 0}, 1, 300);
  if (!strcmp(kind, "ppoll")) result = ppoll(&(struct pollfd){pipe_fds[0], POLLIN, 0}, 1, &(struct timespec){0, 300000000}, 0);
  if (!strcmp(kind, "select")) {
    fd_set r;
    FD_ZERO(&r);
    FD_SET(pipe_fds[0], &r);
    result = select(pipe_fds[0] + 1, &r, 0, 0, &tv);
  }
  if (!strcmp(kind, "epoll")) {
    struct epoll_event event = {EPOLLIN, {0}};
    int fd = epoll_create1(0);
    epoll_ctl(fd, EPOLL_CTL_ADD, pipe_fds[0], &event);
    result = epoll_wait(fd, &event, 1, 300);
    close(fd);
  }
  if (!strcmp(kind, "cond")) {
    t = in(CLOCK_REALTIME, 300);
    pthread_mutex_lock(&mutex);
    result = pthread_cond_timedwait(&cond, &mutex, &t) == ETIMEDOUT ? 0 : 1;
    pthread_mutex_unlock(&mutex);
  }
  if (!strcmp(kind, "sem")) t = in(CLOCK_REALTIME, 300), result = sem_timedwait(&sem, &t) == 0;
  if (!strcmp(kind, "sem-clock")) t = in(CLOCK_MONOTONIC, 300), result = sem_clockwait(&sem, CLOCK_MONOTONIC, &t) == 0;
  if (!strcmp(kind, "futex"))
    result = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &(struct timespec){0, 300000000}, 0, 0) == 0;
}

static void end(const char *kind) {
  if (!strcmp(kind, "cond")) pthread_mutex_lock(&mutex), pthread_cond_signal(&cond), pthread_mutex_unlock(&mutex);
  else if (!strncmp(kind, "sem", 3)) sem_post(&sem);
  else if (!strcmp(kind, "futex")) syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
  else if (write(pipe_fds[1], "x", 1) != 1) _exit(1);
}

static void *wait_here(void *kind) {
  make(kind);
  return 0;
}

/* Ends the wait of another after 100 ms. */
static void *end_later(void *kind) {
  nanosleep(&(struct timespec){0, 100000000}, 0);
  end(kind);
  return 0;
}

int main(void) {
  char line[100], text[200];
  sem_init(&sem, 0, 0);
  if (pipe(pipe_fds) != 0) return 1;
  for (;;) {
    ssize_t n = read(0, line, sizeof line - 1);
    if (n <= 0) return 0;
    line[n] = 0;
    char where[20], kind[20], how[20];
    if (sscanf(line, "%19s %19s %19s", where, kind, how) != 3) return 1;
    pthread_t waiting, ending;
    int ends = !strcmp(how, "ended");
    long from = ms();
    result = 0;
    if (ends) pthread_create(&ending, 0, end_later, kind);
    if (!strcmp(where, "main")) make(kind);
    else pthread_create(&waiting, 0, wait_here, kind), pthread_join(waiting, 0);
    if (ends) pthread_join(ending, 0);
    char byte;
    if (ends && strcmp(kind, "cond") && strncmp(kind, "sem", 3) && strcmp(kind, "futex") && read(pipe_fds[0], &byte, 1) != 1) return 1;
    n = snprintf(text, sizeof text, "%s %s %s: %ld ms, %s\n", where, kind, how, ms() - from, result > 0 ? "found" : "late");
    if (write(1, text, n) != n) return 1;
  }
}
