"""What executors may be given: the same for Compose and Kubernetes."""

# The Dockerfile says what each is for.
EXECUTOR_CAPABILITIES = {"SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "DAC_OVERRIDE", "FOWNER"}
