package main

import "fmt"

func main() {
	const modulus = 1_000_000_007
	var f [1_000_001]int
	f[0], f[1] = 1, 1
	for n := 2; n < len(f); n++ {
		f[n] = (f[n-1] + f[n-2]) % modulus
	}
	var q, n int
	fmt.Scan(&q)
	for ; q > 0; q-- {
		fmt.Scan(&n)
		fmt.Println(f[n])
	}
}
