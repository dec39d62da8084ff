import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One named misbehaviour each. Exit code 0: it was contained; 1: it was not. */
class Hostile {
    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "threads" -> halt(threads());
            case "processes" -> halt(processes());
            case "memory" -> memory();
            case "off-heap" -> offHeap();
            case "network" -> halt(network());
            case "exit-hook" -> exitHook();
            default -> Runtime.getRuntime().halt(99);
        }
    }

    static void halt(boolean contained) {
        Runtime.getRuntime().halt(contained ? 0 : 1);
    }

    static void sleep() {
        try {
            Thread.sleep(1_000_000);
        } catch (InterruptedException e) {
            throw new RuntimeException(e);
        }
    }

    static boolean threads() {
        for (int made = 0; made < 10_000; made++) {
            try {
                new Thread(Hostile::sleep).start();
            } catch (OutOfMemoryError e) {
                return made < 200;
            }
        }
        return false;
    }

    static boolean processes() {
        for (int made = 0; made < 10_000; made++) {
            try {
                new ProcessBuilder("/bin/sleep", "1000").start();
            } catch (java.io.IOException | OutOfMemoryError e) {
                return made < 200;
            }
        }
        return false;
    }

    static void memory() {
        List<byte[]> kept = new ArrayList<>();
        while (true) kept.add(new byte[4 << 20]);
    }

    static void offHeap() {
        List<ByteBuffer> kept = new ArrayList<>();
        while (true) kept.add(ByteBuffer.allocateDirect(16 << 20));
    }

    static boolean network() {
        try {
            new Socket("127.0.0.1", 80);
            return false;
        } catch (java.io.IOException e) {
            return true;
        }
    }

    static void exitHook() {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            while (true) Thread.onSpinWait();
        }));
        System.exit(0);
    }
}
