/*
 * Waits of threads that are not the main one, and of the main one for them: part of shim.c.
 *
 * A wait is a place in `sleepers`: until which virtual moment, and for what. Who posts, signals or wakes passes here,
 * and wakes the one that waits longest; the main thread, when it knows what time it is, those whose moment has come.
 * Waits without a limit of threads other than the main one are real: whoever ends them runs. Those of the main thread
 * are reported as idle, so that a program whose main thread waits for one that reads lines is none that hangs.
 */

enum { ASLEEP, POSTED, LATE };
#define MOST_SLEEPERS 1024

static struct sleeper {
  int64_t until;
  const void *what;
  uint64_t order;
  int used, woken, polls, fd;
} sleepers[MOST_SLEEPERS];
static int sleepers_end, sleepers_lock;
static uint64_t sleepers_order;

static void lock(void) { while (__atomic_exchange_n(&sleepers_lock, 1, __ATOMIC_ACQUIRE)) SYS(SYS_sched_yield); }
static void unlock(void) { __atomic_store_n(&sleepers_lock, 0, __ATOMIC_RELEASE); }

/* Takes a place; none where all are taken. From now on nothing that ends the wait is missed. */
static struct sleeper *lie_down(const void *what, int64_t until, int polls) {
  struct sleeper *mine = 0;
  lock();
  for (int i = 0; i < MOST_SLEEPERS && !mine; i++) if (!sleepers[i].used) mine = &sleepers[i];
  if (mine) {
    if (polls && !mine->fd) mine->fd = out_of_the_way(eventfd(0, EFD_NONBLOCK));
    *mine = (struct sleeper){until, what, ++sleepers_order, 1, ASLEEP, polls, mine->fd};
    if (mine - sleepers >= sleepers_end) sleepers_end = mine - sleepers + 1;
  }
  unlock();
  return mine;
}

static void get_up(struct sleeper *mine) {
  uint64_t count;
  if (!mine) return;
  lock();
  if (mine->polls) while (SYS(SYS_read, mine->fd, &count, 8) == 8);
  mine->used = 0;
  unlock();
}

/* With the lock. */
static void wake(struct sleeper *one, int how) {
  uint64_t once = 1;
  __atomic_store_n(&one->woken, how, __ATOMIC_SEQ_CST);
  if (one->polls) SYS(SYS_write, one->fd, &once, 8);
  else SYS(SYS_futex, &one->woken, FUTEX_WAKE, 1, 0, 0, 0);
}

/* Wakes those that wait for this, the longest first, but no more than so many. Returns how many it were. */
static int post(const void *what, int most) {
  int count = 0;
  int error = errno;
  lock();
  for (; count < most; count++) {
    struct sleeper *first = 0;
    for (int i = 0; i < sleepers_end; i++) {
      struct sleeper *one = &sleepers[i];
      if (one->used && one->what == what && one->woken == ASLEEP && (!first || one->order < first->order)) first = one;
    }
    if (!first) break;
    wake(first, POSTED);
  }
  unlock();
  errno = error;
  return count;
}

/* Who wakes first by the clock; nobody where none has a moment. */
static struct sleeper *first_sleeper(void) {
  struct sleeper *first = 0;
  for (int i = 0; i < sleepers_end; i++) {
    struct sleeper *one = &sleepers[i];
    if (!one->used || one->woken != ASLEEP || one->until < 0) continue;
    if (!first || one->until < first->until || (one->until == first->until && one->order < first->order)) first = one;
  }
  return first;
}

static int woken(struct sleeper *mine) { return __atomic_load_n(&mine->woken, __ATOMIC_SEQ_CST); }
static int is_over(int64_t until) { return until >= 0 && __atomic_load_n(&now_ns, __ATOMIC_SEQ_CST) >= until; }

/* Waits in the place that was taken, and gives it back: POSTED, or LATE. */
static int rest(struct sleeper *mine) {
  int how;
  for (int64_t until = mine->until; !(how = woken(mine)) && !is_over(until);) {
    if (!is_main()) SYS(SYS_futex, &mine->woken, FUTEX_WAIT, ASLEEP, 0, 0, 0);
    else {
      struct timespec moment = {0, 50000};
      SYS(SYS_futex, &mine->woken, FUTEX_WAIT, ASLEEP, &moment, 0, 0);
      if (!woken(mine)) settle();
      if (!woken(mine)) idle(until);
    }
  }
  get_up(mine);
  return how == POSTED ? POSTED : LATE;
}

static int sleep_in_thread(int64_t ns) {
  struct sleeper *mine = lie_down(0, now_ns + ns, 0);
  return mine ? (rest(mine), 0) : -1;
}

/* The moment that an absolute time of one of the clocks stands for: they are too far apart to be confused. */
static int64_t moment_of(const struct timespec *t) {
  int64_t ns = ns_of(t), left = ns - (ns > WALL_BASE / 2 ? WALL_BASE + wall_ns : MONOTONIC_BASE + now_ns);
  return now_ns + (left > 0 ? left : 0);
}

/* ---- semaphores ---- */

static int sem_until(sem_t *sem, int64_t until) {
  for (;;) {
    struct sleeper *mine = lie_down(sem, until, 0);
    if (sem_trywait(sem) == 0) return get_up(mine), 0;
    if (!mine) SYS(SYS_sched_yield);
    else if (rest(mine) == LATE) {
      if (sem_trywait(sem) == 0) return 0;
      errno = ETIMEDOUT;
      return -1;
    }
  }
}

int sem_wait(sem_t *sem) {
  find();
  return is_main() && has_threads ? sem_until(sem, -1) : real_sem_wait(sem);
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *t) {
  find();
  return on ? sem_until(sem, moment_of(t)) : real_sem_clockwait(sem, clock, t);
}

int sem_timedwait(sem_t *sem, const struct timespec *t) {
  find();
  return on ? sem_until(sem, moment_of(t)) : real_sem_timedwait(sem, t);
}

int sem_post(sem_t *sem) {
  find();
  int done = real_sem_post(sem);
  if (on) post(sem, 1);
  return done;
}

/* ---- conditions ---- */

static int cond_until(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until) {
  struct sleeper *mine = lie_down(cond, until, 0);
  pthread_mutex_unlock(mutex);
  int how = mine ? rest(mine) : (SYS(SYS_sched_yield), POSTED); /* A condition may always wake for no reason. */
  pthread_mutex_lock(mutex);
  return how == LATE ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex) {
  find();
  return is_main() && has_threads ? cond_until(cond, mutex, -1) : real_pthread_cond_wait(cond, mutex);
}

int pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex, const struct timespec *t) {
  find();
  return on ? cond_until(cond, mutex, moment_of(t)) : real_pthread_cond_timedwait(cond, mutex, t);
}

int pthread_cond_clockwait(pthread_cond_t *cond, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *t) {
  find();
  return on ? cond_until(cond, mutex, moment_of(t)) : real_pthread_cond_clockwait(cond, mutex, clock, t);
}

int pthread_cond_signal(pthread_cond_t *cond) {
  find();
  return on && post(cond, 1) ? 0 : real_pthread_cond_signal(cond);
}

int pthread_cond_broadcast(pthread_cond_t *cond) {
  find();
  if (on) post(cond, MOST_SLEEPERS);
  return real_pthread_cond_broadcast(cond);
}

int pthread_join(pthread_t thread, void **result) {
  find();
  if (!is_main()) return real_pthread_join(thread, result);
  for (int done; (done = pthread_tryjoin_np(thread, result)) == EBUSY;) {
    settle();
    if (pthread_tryjoin_np(thread, result) == 0) return 0;
    idle(-1);
  }
  return 0;
}

/* ---- futexes by name, as Rust's library has them, and other calls by number ---- */

static long futex(long *a) {
  int op = a[1] & FUTEX_CMD_MASK;
  if (op == FUTEX_WAKE || op == FUTEX_WAKE_BITSET) {
    int most = a[2], count = post((void *)a[0], most);
    return count < most ? count + SYS(SYS_futex, a[0], a[1], most - count, a[3], a[4], a[5]) : count;
  }
  const struct timespec *t = (void *)a[3];
  if ((op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET) || (!t && !(is_main() && has_threads)))
    return SYS(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
  struct sleeper *mine = lie_down((void *)a[0], !t ? -1 : op == FUTEX_WAIT ? now_ns + ns_of(t) : moment_of(t), 0);
  if (!mine || __atomic_load_n((int *)a[0], __ATOMIC_SEQ_CST) != (int)a[2]) {
    get_up(mine);
    errno = EAGAIN;
    return -1;
  }
  if (rest(mine) == POSTED) return 0;
  errno = ETIMEDOUT;
  return -1;
}

long syscall(long number, ...) {
  long a[6];
  va_list list;
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  find();
  if (on && number == SYS_futex) return futex(a);
  if (on && number == SYS_getrandom) return getrandom((void *)a[0], a[1], a[2]);
  if (on && number == SYS_clock_gettime) return clock_gettime(a[0], (void *)a[1]);
  return SYS(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* ---- files with a limit of time ---- */

/*
 * What a wait without patience found. Who asks in vain again and again waits for the clock: a library may find itself
 * at the very moment that it sleeps to, and ask until that has passed.
 */
static int in_vain(int found) {
  static __thread int times;
  if (found != 0) times = 0;
  else if (++times > SPINS) {
    times = 0;
    sleep_in_thread(SPIN_NS);
  }
  return found;
}

static int poll_in_thread(struct pollfd *fds, nfds_t n, int64_t ns) {
  if (ns == 0) return in_vain(real_poll(fds, n, 0));
  struct pollfd all[n + 1];
  struct sleeper *mine = ns > 0 ? lie_down(0, now_ns + ns, 1) : 0;
  if (!mine) return real_poll(fds, n, ns < 0 ? -1 : 0);
  memcpy(all, fds, n * sizeof *fds);
  all[n] = (struct pollfd){mine->fd, POLLIN, 0};
  int found = real_poll(all, n + 1, -1), error = errno;
  memcpy(fds, all, n * sizeof *fds);
  get_up(mine);
  errno = error;
  return found > 0 && all[n].revents ? found - 1 : found;
}

static int epoll_in_thread(int fd, struct epoll_event *events, int n, int ms, const sigset_t *mask) {
  if (ms > 0) {
    struct pollfd one = {fd, POLLIN, 0};
    int found = poll_in_thread(&one, 1, ms * 1000000LL);
    if (found < 0) return found;
  }
  int found = real_epoll_pwait(fd, events, n, ms < 0 ? ms : 0, mask);
  return ms == 0 ? in_vain(found) : found;
}

static int select_in_thread(int n, fd_set *r, fd_set *w, fd_set *e, int64_t ns) {
  struct pollfd fds[FD_SETSIZE];
  int count = 0;
  for (int fd = 0; fd < n && fd < FD_SETSIZE; fd++) {
    short events = (r && FD_ISSET(fd, r) ? POLLIN : 0) | (w && FD_ISSET(fd, w) ? POLLOUT : 0) |
                   (e && FD_ISSET(fd, e) ? POLLPRI : 0);
    if (events) fds[count++] = (struct pollfd){fd, events, 0};
  }
  int found = poll_in_thread(fds, count, ns);
  if (found < 0) return found;
  fd_set from[3];
  if (r) from[0] = *r;
  if (w) from[1] = *w;
  if (e) from[2] = *e;
  return select_now(n, r, w, e, from);
}
