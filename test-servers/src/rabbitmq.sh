# In the server's own folder: writes its configuration, then becomes the server. Where there is a certificate
# it talks to nobody in plain text.
#
# usage: sh rabbitmq.sh PROGRAM PORT DISTRIBUTION_PORT EPMD_PORT; the password is in PASSWORD.
set -e
program=$1 port=$2 distribution_port=$3 epmd_port=$4
folder=$PWD
cat >rabbitmq.conf <<CONFIGURATION
default_user = gavel
default_pass = $PASSWORD
log.console = true
log.console.level = warning
log.file = false
CONFIGURATION
if [ -e key.pem ]; then
    cat >>rabbitmq.conf <<CONFIGURATION
listeners.tcp = none
listeners.ssl.1 = 127.0.0.1:$port
ssl_options.certfile = $folder/certificate.pem
ssl_options.keyfile = $folder/key.pem
ssl_options.verify = verify_none
CONFIGURATION
else
    echo "listeners.tcp.1 = 127.0.0.1:$port" >>rabbitmq.conf
fi
echo '[].' >plugins
# The server's own scripts take what is unset here from /etc/rabbitmq, which is the system server's.
export HOME="$folder" RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$folder/rabbitmq.conf" \
    RABBITMQ_ADVANCED_CONFIG_FILE="$folder/advanced.config" RABBITMQ_ENABLED_PLUGINS_FILE="$folder/plugins" \
    RABBITMQ_MNESIA_BASE="$folder/mnesia" RABBITMQ_LOG_BASE="$folder/logs" RABBITMQ_PID_FILE="$folder/pid" \
    RABBITMQ_NODENAME=gavel@localhost RABBITMQ_NODE_PORT="$port" RABBITMQ_DIST_PORT="$distribution_port" \
    ERL_EPMD_PORT="$epmd_port" ERL_EPMD_ADDRESS=127.0.0.1 ERL_CRASH_DUMP_SECONDS=0 \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    RABBITMQ_ALLOW_INPUT=1
# With "input allowed" it becomes the server instead of watching over it; -noinput takes that back.
exec "$program" -noinput
