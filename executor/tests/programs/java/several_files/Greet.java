package words;
public class Greet {
    public static String greeting() { return "hello"; }
}
