/** Where the server has the files of a result. */
export function folderOf(path: string): string {
  return `/results/${path.split('/').map(encodeURIComponent).join('/')}`;
}
