#!/bin/busybox sh
# The first process of the virtual machine, from its initramfs: puts the host's files, which it may
# only read, under an empty disk that takes what is written, and goes on in them.
/bin/busybox --install -s /bin
PATH=/bin
mkdir -p /proc /dev /host /disk /root
mount -t proc proc /proc
mount -t devtmpfs dev /dev

# What the kernel has built in has no file.
while read -r module; do
    [ ! -e "/modules/$module.ko" ] || insmod "/modules/$module.ko" || echo "cannot load $module"
done </modules/order

mount -t 9p -o trans=virtio,version=9p2000.L,msize=524288,cache=loose,ro root /host &&
    mount -t ext4 /dev/vda /disk &&
    mkdir /disk/upper /disk/work &&
    mount -t overlay -o lowerdir=/host,upperdir=/disk/upper,workdir=/disk/work root /root ||
    { echo "the host's files cannot be had"; poweroff -f; }

script=$(sed 's/.*guest=\([^ ]*\).*/\1/' /proc/cmdline)
umount /dev /proc
exec switch_root /root /bin/bash "$script"
