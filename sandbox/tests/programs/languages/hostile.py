# One named misbehaviour each, as the C program has them, where the language has a way of its own.
# Exit code 0: it was contained; 1: it was not.
import os, signal, socket, subprocess, sys, threading, time, urllib.request


def processes():
    for made in range(10000):
        try:
            if os.fork() == 0:
                time.sleep(1000)
        except OSError:
            return made < 100
    return False


def threads():
    for made in range(10000):
        try:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
        except RuntimeError:
            return made < 100
    return False


def memory():
    kept = []
    while True:
        kept.append(bytearray(16 << 20))



def network():
    for attempt in (
        lambda: socket.create_connection(("127.0.0.1", 80)),
        lambda: socket.getaddrinfo("example.org", 80),
        lambda: urllib.request.urlopen("http://127.0.0.1/"),
    ):
        try:
            attempt()
            return False
        except OSError:
            pass
    return True


def shell():
    return subprocess.run(["cat", "/etc/shadow"], capture_output=True).returncode != 0


def deaf():
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


contained = globals()[sys.argv[1]]()
sys.stdout.flush()
os._exit(0 if contained else 1)
