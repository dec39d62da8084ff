import java.util.Scanner;

public class Lighthouse {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        double ax = in.nextInt(), ay = in.nextInt(), bx = in.nextInt(), by = in.nextInt();
        double lx = in.nextInt(), ly = in.nextInt();
        double dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
        double t = length == 0 ? 0 : (dx * (lx - ax) + dy * (ly - ay)) / length;
        t = Math.max(0, Math.min(1, t));
        System.out.println(Math.hypot(ax + t * dx - lx, ay + t * dy - ly));
    }
}
