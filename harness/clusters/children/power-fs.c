/*
 * A file system whose power can fail, by the protocol of /dev/fuse alone (linux/fuse.h): what was written and not
 * synced is lost then. Data is in files of a backing folder, one for each inode; what would have to be undone is in memory:
 * bytes that were overwritten since their file was synced last, and names that came and went since anything was. As on
 * ext4 any fsync makes all names durable so far, and the data of its own file.
 *
 *     power-fs BACKING MOUNTPOINT UID GID
 *
 * Takes lines, and answers a line to each: `sync`, `fail`, `torn SEED` (some pages of what was not synced stay: their
 * number), `bad HOW SHARE SEED` (from then on so many of 1000 operations are hit), `hits` (how many were), `good`. HOW
 * is io-error (a sync fails), lose (a sync does nothing and says that it did), slow (a sync takes 200 ms), full (what
 * needs space is refused) or corrupt (what is read is not what was written). It ends, and unmounts, when its standard
 * input does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
#define LARGEST (1u << 17)
/* How long a slow sync takes. */
#define SLOW_MS 200

struct undo { struct undo *before; uint64_t at; uint32_t length; char bytes[]; };
struct name { struct name *next; uint64_t ino; char text[]; };
struct inode {
  uint64_t ino, size, durable, lookups;
  uint32_t mode, uid, gid, links;
  struct timespec changed;
  int fd;
  struct undo *undo;
  struct name *names;
  char *target;
};
/* A name that came, or that went, or what a mode and an owner were. */
struct change { struct change *before; char kind; uint64_t parent, ino; uint32_t mode, uid, gid; char text[]; };

static struct inode **inodes;
static uint64_t count;
static struct change *changes;
static int fuse, backing;
static const char *mountpoint;

static struct inode *of(uint64_t ino) { return ino < count ? inodes[ino] : NULL; }

static void backing_name(char *text, uint64_t ino) { sprintf(text, "%llu", (unsigned long long)ino); }

static int fd_of(struct inode *one) {
  char name[24];
  if (one->fd >= 0) return one->fd;
  backing_name(name, one->ino);
  return one->fd = openat(backing, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

static struct inode *new_inode(uint32_t mode, uint32_t uid, uint32_t gid) {
  if (count % 1024 == 0) inodes = realloc(inodes, (count + 1024) * sizeof *inodes);
  struct inode *one = calloc(1, sizeof *one);
  one->ino = count;
  one->mode = mode;
  one->uid = uid;
  one->gid = gid;
  one->fd = -1;
  clock_gettime(CLOCK_REALTIME, &one->changed);
  return inodes[count++] = one;
}

static struct name **find(struct inode *folder, const char *text) {
  struct name **at = &folder->names;
  while (*at && strcmp((*at)->text, text)) at = &(*at)->next;
  return at;
}

static void put_name(uint64_t parent, const char *text, uint64_t ino) {
  struct inode *folder = of(parent);
  struct name *name = malloc(sizeof *name + strlen(text) + 1);
  strcpy(name->text, text);
  name->ino = ino;
  name->next = folder->names;
  folder->names = name;
  of(ino)->links++;
  clock_gettime(CLOCK_REALTIME, &folder->changed);
}

static void drop_name(uint64_t parent, const char *text) {
  struct name **at = find(of(parent), text), *name = *at;
  if (!name) return;
  *at = name->next;
  of(name->ino)->links--;
  clock_gettime(CLOCK_REALTIME, &of(parent)->changed);
  free(name);
}

static void note(char kind, uint64_t parent, const char *text, struct inode *one) {
  struct change *change = malloc(sizeof *change + strlen(text) + 1);
  strcpy(change->text, text);
  change->kind = kind;
  change->parent = parent;
  change->ino = one->ino;
  change->mode = one->mode;
  change->uid = one->uid;
  change->gid = one->gid;
  change->before = changes;
  changes = change;
}

static void add(uint64_t parent, const char *text, struct inode *one) {
  note('+', parent, text, one);
  put_name(parent, text, one->ino);
}

static void take_away(uint64_t parent, const char *text, struct inode *one) {
  note('-', parent, text, one);
  drop_name(parent, text);
}

static void forget_undo(struct inode *one) {
  while (one->undo) {
    struct undo *before = one->undo->before;
    free(one->undo);
    one->undo = before;
  }
}

/* Whatever is named nowhere, now or after a failure, has no file any more. */
static void drop_unnamed(struct inode *one) {
  char name[24];
  if (one->links || one->lookups || !S_ISREG(one->mode)) return;
  forget_undo(one);
  if (one->fd >= 0) close(one->fd);
  one->fd = -1;
  one->size = one->durable = 0;
  backing_name(name, one->ino);
  unlinkat(backing, name, 0);
}

static void commit_names(void) {
  while (changes) {
    struct change *change = changes;
    changes = change->before;
    if (change->kind == '-') drop_unnamed(of(change->ino));
    free(change);
  }
}

static int sync_data(struct inode *one) {
  if (!S_ISREG(one->mode)) return 0;
  if (one->fd >= 0 && fdatasync(one->fd)) return -errno;
  one->durable = one->size;
  forget_undo(one);
  return 0;
}

/* Keeps what is about to be overwritten of what is durable. */
static void keep(struct inode *one, uint64_t at, uint64_t length) {
  if (at >= one->durable) return;
  if (at + length > one->durable) length = one->durable - at;
  struct undo *undo = malloc(sizeof *undo + length);
  undo->at = at;
  undo->length = (uint32_t)length;
  memset(undo->bytes, 0, length);
  if (pread(fd_of(one), undo->bytes, length, (off_t)at) < 0) memset(undo->bytes, 0, length);
  undo->before = one->undo;
  one->undo = undo;
}

static uint64_t chance;
static uint32_t draw(void) {
  chance ^= chance << 13;
  chance ^= chance >> 7;
  chance ^= chance << 17;
  return (uint32_t)(chance >> 32);
}

/* What is wrong with the disk now, for so many of 1000 operations, and how many it hit. */
static struct { char how[16]; uint32_t share; uint64_t hits; } bad;

static int is_hit(const char *how) {
  if (strcmp(bad.how, how) || draw() % 1000 >= bad.share) return 0;
  bad.hits++;
  return 1;
}

/* Syncs that take long: the disk does what else it is asked meanwhile. */
struct late { struct late *next; uint64_t unique, ino; int64_t due; };
static struct late *late;

static void answer(uint64_t unique, int error, const void *data, size_t length);

/* Power fails: with a seed, some pages and the beginning of what was appended reach the disk all the same. */
static uint64_t fail(int torn) {
  uint64_t stayed = 0;
  while (late) {
    struct late *first = late;
    late = first->next;
    answer(first->unique, -EIO, NULL, 0);
    free(first);
  }
  while (changes) {
    struct change *change = changes;
    changes = change->before;
    struct inode *one = of(change->ino);
    if (change->kind == '+') drop_name(change->parent, change->text);
    if (change->kind == '-') put_name(change->parent, change->text, change->ino);
    if (change->kind == '=') one->mode = change->mode, one->uid = change->uid, one->gid = change->gid;
    free(change);
  }
  for (uint64_t ino = 1; ino < count; ino++) {
    struct inode *one = of(ino);
    if (!S_ISREG(one->mode) || (!one->undo && one->size == one->durable)) continue;
    for (struct undo *undo = one->undo; undo; undo = undo->before)
      for (uint64_t at = undo->at, end = undo->at + undo->length, next; at < end; at = next) {
        next = (at / PAGE + 1) * PAGE < end ? (at / PAGE + 1) * PAGE : end;
        if (torn && draw() % 2) {
          stayed++;
          continue;
        }
        if (pwrite(fd_of(one), undo->bytes + (at - undo->at), next - at, (off_t)at) < 0) perror("undo");
      }
    uint64_t size = one->durable;
    if (torn && one->size > size) size += draw() % (one->size - size + 1);
    if (size > one->durable) stayed++;
    if (ftruncate(fd_of(one), (off_t)size)) perror("undo");
    one->size = size;
    sync_data(one);
  }
  return stayed;
}

static void answer(uint64_t unique, int error, const void *data, size_t length) {
  static char buffer[LARGEST + PAGE];
  struct fuse_out_header *head = (void *)buffer;
  head->unique = unique;
  head->error = error;
  head->len = (uint32_t)(sizeof *head + (error ? 0 : length));
  if (!error && length) memcpy(head + 1, data, length);
  if (write(fuse, buffer, head->len) < 0 && errno != ENOENT && errno != EINTR && errno != ENODEV) perror("answer");
}

static struct fuse_attr attr_of(struct inode *one) {
  struct fuse_attr attr = { .ino = one->ino, .size = one->size, .blocks = (one->size + 511) / 512, .mode = one->mode };
  attr.nlink = S_ISDIR(one->mode) ? 2 : one->links;
  attr.uid = one->uid;
  attr.gid = one->gid;
  attr.blksize = PAGE;
  attr.atime = attr.mtime = attr.ctime = (uint64_t)one->changed.tv_sec;
  attr.atimensec = attr.mtimensec = attr.ctimensec = (uint32_t)one->changed.tv_nsec;
  return attr;
}

static struct fuse_entry_out entry_of(struct inode *one) {
  struct fuse_entry_out entry = { .nodeid = one->ino, .attr = attr_of(one) };
  one->lookups++;
  return entry;
}

static void answer_entry(uint64_t unique, struct inode *one) {
  struct fuse_entry_out entry = entry_of(one);
  answer(unique, 0, &entry, sizeof entry);
}

static void resize(struct inode *one, uint64_t size) {
  for (uint64_t at = size; at < one->size && at < one->durable; at += 1u << 20) {
    uint64_t end = one->size < one->durable ? one->size : one->durable;
    keep(one, at, end - at < 1u << 20 ? end - at : 1u << 20);
  }
  if (ftruncate(fd_of(one), (off_t)size)) perror("truncate");
  one->size = size;
}

static void set_attr(uint64_t unique, struct inode *one, const struct fuse_setattr_in *in) {
  if (in->valid & (FATTR_MODE | FATTR_UID | FATTR_GID)) note('=', 0, "", one);
  if (in->valid & FATTR_MODE) one->mode = (one->mode & S_IFMT) | (in->mode & 07777);
  if (in->valid & FATTR_UID) one->uid = in->uid;
  if (in->valid & FATTR_GID) one->gid = in->gid;
  if (in->valid & FATTR_SIZE) resize(one, in->size);
  clock_gettime(CLOCK_REALTIME, &one->changed);
  struct fuse_attr_out out = { .attr = attr_of(one) };
  answer(unique, 0, &out, sizeof out);
}

static int rename_name(uint64_t from, const char *old, uint64_t to, const char *text, uint32_t flags) {
  struct name *name = *find(of(from), old), *there = *find(of(to), text);
  if (!name) return -ENOENT;
  if (flags & ~(uint32_t)RENAME_NOREPLACE) return -EINVAL;
  if (there && (flags & RENAME_NOREPLACE)) return -EEXIST;
  struct inode *one = of(name->ino);
  if (there && there->ino == one->ino) return 0;
  if (there && S_ISDIR(of(there->ino)->mode) && of(there->ino)->names) return -ENOTEMPTY;
  if (there) take_away(to, text, of(there->ino));
  take_away(from, old, one);
  add(to, text, one);
  return 0;
}

/* All names of a folder as they are when it is opened. */
struct listing { size_t length; char bytes[]; };

static struct listing *list(struct inode *folder) {
  struct listing *all = calloc(1, sizeof *all);
  for (struct name *name = folder->names; name; name = name->next) {
    size_t text = strlen(name->text), length = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + text);
    all = realloc(all, sizeof *all + all->length + length);
    struct fuse_dirent *entry = (void *)(all->bytes + all->length);
    memset(entry, 0, length);
    all->length += length;
    entry->ino = name->ino;
    entry->off = all->length;
    entry->namelen = (uint32_t)text;
    entry->type = (of(name->ino)->mode & S_IFMT) >> 12;
    memcpy(entry->name, name->text, text);
  }
  return all;
}

static void read_listing(uint64_t unique, const struct fuse_read_in *in) {
  struct listing *all = (void *)(uintptr_t)in->fh;
  size_t end = in->offset;
  while (end < all->length) {
    struct fuse_dirent *entry = (void *)(all->bytes + end);
    size_t next = end + FUSE_DIRENT_SIZE(entry);
    if (next - in->offset > in->size) break;
    end = next;
  }
  answer(unique, 0, all->bytes + in->offset, end > in->offset ? end - in->offset : 0);
}

static void remove_name(uint64_t unique, uint64_t parent, const char *text, int folder) {
  struct name *name = *find(of(parent), text);
  if (!name) return answer(unique, -ENOENT, NULL, 0);
  struct inode *one = of(name->ino);
  if (folder && one->names) return answer(unique, -ENOTEMPTY, NULL, 0);
  take_away(parent, text, one);
  answer(unique, 0, NULL, 0);
}

static struct inode *make(const struct fuse_in_header *head, const char *text, uint32_t mode) {
  if (*find(of(head->nodeid), text)) return NULL;
  struct inode *one = new_inode(mode, head->uid, head->gid);
  add(head->nodeid, text, one);
  return one;
}

static void sync_now(uint64_t unique, struct inode *one) {
  int error = sync_data(one);
  if (!error) commit_names();
  answer(unique, error, NULL, 0);
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Does what is due. How long it is until the next, in ms; -1 where there is none. */
static int until_due(void) {
  while (late && late->due <= now_ms()) {
    struct late *first = late;
    late = first->next;
    sync_now(first->unique, of(first->ino));
    free(first);
  }
  return late ? (int)(late->due - now_ms()) + 1 : -1;
}

static void sync_asked(uint64_t unique, struct inode *one) {
  if (is_hit("io-error")) return answer(unique, -EIO, NULL, 0);
  if (is_hit("lose")) return answer(unique, 0, NULL, 0);
  if (!is_hit("slow")) return sync_now(unique, one);
  struct late **last = &late, *this = malloc(sizeof *this);
  while (*last) last = &(*last)->next;
  *this = (struct late){ .unique = unique, .ino = one->ino, .due = now_ms() + SLOW_MS };
  *last = this;
}

static void write_data(uint64_t unique, struct inode *one, const struct fuse_write_in *in) {
  if (in->offset + in->size > one->size && is_hit("full")) return answer(unique, -ENOSPC, NULL, 0);
  keep(one, in->offset, in->size);
  ssize_t done = pwrite(fd_of(one), in + 1, in->size, (off_t)in->offset);
  if (done < 0) return answer(unique, -errno, NULL, 0);
  if (in->offset + (uint64_t)done > one->size) one->size = in->offset + (uint64_t)done;
  clock_gettime(CLOCK_REALTIME, &one->changed);
  struct fuse_write_out out = { .size = (uint32_t)done };
  answer(unique, 0, &out, sizeof out);
}

static void read_data(uint64_t unique, struct inode *one, const struct fuse_read_in *in) {
  static char buffer[LARGEST];
  ssize_t done = pread(fd_of(one), buffer, in->size < LARGEST ? in->size : LARGEST, (off_t)in->offset);
  if (done < 0) return answer(unique, -errno, NULL, 0);
  if (done > 0 && is_hit("corrupt")) buffer[draw() % (uint32_t)done] ^= (char)(1 + draw() % 255);
  answer(unique, 0, buffer, (size_t)done);
}

static void allocate(uint64_t unique, struct inode *one, const struct fuse_fallocate_in *in) {
  if (in->mode & ~(uint32_t)FALLOC_FL_KEEP_SIZE) return answer(unique, -EOPNOTSUPP, NULL, 0);
  if (in->offset + in->length > one->size && is_hit("full")) return answer(unique, -ENOSPC, NULL, 0);
  if (fallocate(fd_of(one), (int)in->mode, (off_t)in->offset, (off_t)in->length)) return answer(unique, -errno, NULL, 0);
  if (!in->mode && in->offset + in->length > one->size) one->size = in->offset + in->length;
  answer(unique, 0, NULL, 0);
}

static void tell_space(uint64_t unique) {
  struct statvfs space;
  struct fuse_statfs_out out = { 0 };
  if (fstatvfs(backing, &space)) return answer(unique, -errno, NULL, 0);
  int full = !strcmp(bad.how, "full");
  out.st.blocks = space.f_blocks;
  out.st.bfree = full ? 0 : space.f_bfree;
  out.st.bavail = full ? 0 : space.f_bavail;
  out.st.bsize = out.st.frsize = (uint32_t)space.f_frsize;
  out.st.namelen = 255;
  answer(unique, 0, &out, sizeof out);
}

static void begin(uint64_t unique, const struct fuse_init_in *in) {
  struct fuse_init_out out = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION };
  if (in->minor < out.minor) out.minor = in->minor;
  out.max_readahead = in->max_readahead;
  out.flags = in->flags & (FUSE_BIG_WRITES | FUSE_ATOMIC_O_TRUNC | FUSE_MAX_PAGES);
  out.max_write = LARGEST;
  out.max_pages = LARGEST / PAGE;
  out.max_background = 64;
  out.congestion_threshold = 48;
  answer(unique, 0, &out, sizeof out);
}

static void forget(uint64_t ino, uint64_t lookups) {
  struct inode *one = of(ino);
  if (!one) return;
  one->lookups = one->lookups > lookups ? one->lookups - lookups : 0;
  /* A failure would bring back what has gone since names were durable last. */
  for (struct change *change = changes; change; change = change->before)
    if (change->ino == ino) return;
  drop_unnamed(one);
}

static int makes_names(uint32_t opcode) {
  return opcode == FUSE_CREATE || opcode == FUSE_MKNOD || opcode == FUSE_MKDIR || opcode == FUSE_SYMLINK;
}

static void serve(const struct fuse_in_header *head) {
  const void *in = head + 1;
  const char *text = in;
  struct inode *one = of(head->nodeid);
  uint64_t unique = head->unique;
  if (head->opcode == FUSE_INIT) return begin(unique, in);
  if (head->opcode == FUSE_FORGET) return forget(head->nodeid, ((const struct fuse_forget_in *)in)->nlookup);
  if (head->opcode == FUSE_BATCH_FORGET) {
    const struct fuse_batch_forget_in *all = in;
    const struct fuse_forget_one *each = (const void *)(all + 1);
    for (uint32_t i = 0; i < all->count; i++) forget(each[i].nodeid, each[i].nlookup);
    return;
  }
  if (head->opcode == FUSE_INTERRUPT) return;
  if (!one) return answer(unique, -ESTALE, NULL, 0);
  if (makes_names(head->opcode) && is_hit("full")) return answer(unique, -ENOSPC, NULL, 0);
  switch (head->opcode) {
    case FUSE_LOOKUP: {
      struct name *name = *find(one, text);
      return name ? answer_entry(unique, of(name->ino)) : answer(unique, -ENOENT, NULL, 0);
    }
    case FUSE_GETATTR: {
      struct fuse_attr_out out = { .attr = attr_of(one) };
      return answer(unique, 0, &out, sizeof out);
    }
    case FUSE_SETATTR: return set_attr(unique, one, in);
    case FUSE_MKDIR: {
      const struct fuse_mkdir_in *asked = in;
      struct inode *made = make(head, (const char *)(asked + 1), S_IFDIR | (asked->mode & ~asked->umask & 07777));
      return made ? answer_entry(unique, made) : answer(unique, -EEXIST, NULL, 0);
    }
    case FUSE_MKNOD: {
      const struct fuse_mknod_in *asked = in;
      struct inode *made = make(head, (const char *)(asked + 1), asked->mode & ~asked->umask);
      return made ? answer_entry(unique, made) : answer(unique, -EEXIST, NULL, 0);
    }
    case FUSE_SYMLINK: {
      struct inode *made = make(head, text, S_IFLNK | 0777);
      if (!made) return answer(unique, -EEXIST, NULL, 0);
      made->target = strdup(text + strlen(text) + 1);
      made->size = strlen(made->target);
      return answer_entry(unique, made);
    }
    case FUSE_READLINK: return answer(unique, 0, one->target, strlen(one->target));
    case FUSE_LINK: {
      struct inode *known = of(((const struct fuse_link_in *)in)->oldnodeid);
      text = (const char *)in + sizeof(struct fuse_link_in);
      if (*find(one, text)) return answer(unique, -EEXIST, NULL, 0);
      add(one->ino, text, known);
      return answer_entry(unique, known);
    }
    case FUSE_UNLINK: return remove_name(unique, one->ino, text, 0);
    case FUSE_RMDIR: return remove_name(unique, one->ino, text, 1);
    case FUSE_RENAME: {
      text = (const char *)in + sizeof(struct fuse_rename_in);
      uint64_t to = ((const struct fuse_rename_in *)in)->newdir;
      return answer(unique, rename_name(one->ino, text, to, text + strlen(text) + 1, 0), NULL, 0);
    }
    case FUSE_RENAME2: {
      const struct fuse_rename2_in *asked = in;
      text = (const char *)(asked + 1);
      return answer(unique, rename_name(one->ino, text, asked->newdir, text + strlen(text) + 1, asked->flags), NULL, 0);
    }
    case FUSE_CREATE: {
      const struct fuse_create_in *asked = in;
      struct { struct fuse_entry_out entry; struct fuse_open_out open; } out = { 0 };
      struct inode *made = make(head, (const char *)(asked + 1), S_IFREG | (asked->mode & ~asked->umask & 07777));
      if (!made) return answer(unique, -EEXIST, NULL, 0);
      out.entry = entry_of(made);
      return answer(unique, 0, &out, sizeof out);
    }
    case FUSE_OPEN: {
      struct fuse_open_out out = { 0 };
      if (((const struct fuse_open_in *)in)->flags & O_TRUNC) resize(one, 0);
      return answer(unique, fd_of(one) < 0 ? -errno : 0, &out, sizeof out);
    }
    case FUSE_READ: return read_data(unique, one, in);
    case FUSE_WRITE: return write_data(unique, one, in);
    case FUSE_FALLOCATE: return allocate(unique, one, in);
    case FUSE_STATFS: return tell_space(unique);
    case FUSE_FSYNC:
    case FUSE_FSYNCDIR: return sync_asked(unique, one);
    case FUSE_OPENDIR: {
      struct fuse_open_out out = { .fh = (uint64_t)(uintptr_t)list(one) };
      return answer(unique, 0, &out, sizeof out);
    }
    case FUSE_READDIR: return read_listing(unique, in);
    case FUSE_RELEASEDIR: free((void *)(uintptr_t)((const struct fuse_release_in *)in)->fh); /* fall through */
    case FUSE_RELEASE:
    case FUSE_FLUSH: return answer(unique, 0, NULL, 0);
    default: return answer(unique, -ENOSYS, NULL, 0);
  }
}

static void seed_chance(uint64_t seed) { chance = seed * 2654435761u + 88172645463325252u; }

static void obey(const char *line) {
  unsigned long long seed;
  if (!strcmp(line, "hits")) {
    printf("%llu\n", (unsigned long long)bad.hits);
    return;
  }
  if (sscanf(line, "torn %llu", &seed) == 1) {
    seed_chance(seed);
    printf("%llu\n", (unsigned long long)fail(1));
    return;
  }
  if (!strcmp(line, "fail")) fail(0);
  if (!strcmp(line, "good")) bad.how[0] = 0;
  if (sscanf(line, "bad %15s %u %llu", bad.how, &bad.share, &seed) == 3) {
    bad.hits = 0;
    seed_chance(seed);
  }
  if (!strcmp(line, "sync")) {
    for (uint64_t ino = 1; ino < count; ino++) sync_data(of(ino));
    commit_names();
  }
  puts("ok");
}

int main(int argc, char **argv) {
  static char buffer[LARGEST + 2 * PAGE];
  char options[200], line[100];
  size_t length = 0;
  if (argc != 5) return fprintf(stderr, "power-fs BACKING MOUNTPOINT UID GID\n"), 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  mountpoint = argv[2];
  struct rlimit files;
  if (!getrlimit(RLIMIT_NOFILE, &files)) files.rlim_cur = files.rlim_max, setrlimit(RLIMIT_NOFILE, &files);
  backing = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (backing < 0 || fuse < 0) return perror(backing < 0 ? argv[1] : "/dev/fuse"), 1;
  new_inode(0, 0, 0);
  of(new_inode(S_IFDIR | 0700, (uint32_t)atoi(argv[3]), (uint32_t)atoi(argv[4]))->ino)->links = 1;
  /* In a user namespace, others are let in only from there: but whoever mounted it is let in from outside, too. */
  sprintf(options, "fd=%d,rootmode=40000,user_id=%u,group_id=%u,default_permissions%s", fuse, getuid(), getgid(),
          getuid() ? "" : ",allow_other");
  if (mount("splitbrain", mountpoint, "fuse", MS_NOSUID | MS_NODEV, options)) return perror("mount"), 1;
  puts("ready");
  for (;;) {
    struct pollfd both[] = { { .fd = fuse, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
    if (poll(both, 2, until_due()) < 0 && errno != EINTR) break;
    if (both[0].revents & POLLERR) break;
    if (both[0].revents & POLLIN && read(fuse, buffer, sizeof buffer) > 0) serve((void *)buffer);
    if (!both[1].revents) continue;
    ssize_t more = read(0, line + length, sizeof line - 1 - length);
    if (more <= 0) break;
    length += (size_t)more;
    for (char *end; (end = memchr(line, '\n', length)); ) {
      *end = 0;
      obey(line);
      length -= (size_t)(end + 1 - line);
      memmove(line, end + 1, length);
    }
  }
  umount2(mountpoint, MNT_DETACH);
  return 0;
}
