package words;
import java.io.*;
class Main {
    public static void main(String[] args) throws Exception {
        String name = new BufferedReader(new InputStreamReader(System.in)).readLine();
        Runnable say = () -> System.out.println(Greet.greeting() + " " + name);
        Thread thread = new Thread(say);
        thread.start();
        thread.join();
    }
}
