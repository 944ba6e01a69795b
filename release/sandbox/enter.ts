/**
 * Run by sh as the first process of new namespaces: gives the machine its name, mounts what the table says, makes
 * the prepared folder the root, lets go of the host's file system, and becomes the program. Arguments: folder,
 * table, host name, program and its arguments; none of them is ever read as commands.
 */
export const ENTER = `set -eu
folder=$1 table=$2 name=$3
shift 3
hostname "$name"
mount --all --fstab "$table"
cd "$folder"
pivot_root . old
cd /
umount -l /old
exec "$@"
`;
