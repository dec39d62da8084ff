# In the server's own folder: makes its data at the first start, then becomes the server. Where there is a
# certificate it talks to nobody in plain text.
#
# usage: sh postgres.sh PROGRAMS PORT on|off (whether commits reach the disk); the password is in PASSWORD.
set -e
programs=$1 port=$2 synced=$3
if [ ! -e made ]; then
    printf '%s\n' "$PASSWORD" >password
    "$programs/initdb" --pgdata=data --username=gavel --pwfile=password --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C --no-sync
    [ ! -e key.pem ] || echo 'hostssl all all 127.0.0.1/32 scram-sha-256' >data/pg_hba.conf
    touch made
fi
tls=off
[ ! -e key.pem ] || tls=on
# Shared memory in files of the folder, so that nothing is left in /dev/shm.
exec "$programs/postgres" -D data -c listen_addresses=127.0.0.1 -c "port=$port" \
    -c unix_socket_directories= -c max_connections=200 -c dynamic_shared_memory_type=mmap \
    -c "fsync=$synced" -c "full_page_writes=$synced" \
    -c "ssl=$tls" -c "ssl_cert_file=$PWD/certificate.pem" -c "ssl_key_file=$PWD/key.pem"
