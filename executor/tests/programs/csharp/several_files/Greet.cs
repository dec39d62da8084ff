static class Greet {
    public static string Greeting => "hello";
}
