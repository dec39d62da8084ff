import java.util.Scanner;

public class Parking {
    static int minute(String time) {
        return Integer.parseInt(time.substring(0, 2)) * 60 + Integer.parseInt(time.substring(3));
    }

    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        int total = 0;
        for (int cars = in.nextInt(); cars > 0; cars--) {
            int came = minute(in.next());
            int left = minute(in.next());
            int stay = left > came ? left - came : left - came + 24 * 60;
            int price = 0;
            for (int i = 1; i <= stay; i++) price += i <= 10 ? 0 : i <= 60 ? 5 : i <= 180 ? 3 : 2;
            price = Math.min(price, 1000);
            System.out.println(price);
            total += price;
        }
        System.out.println(total);
    }
}
