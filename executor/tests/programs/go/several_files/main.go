package main

import "fmt"

func main() {
	var name string
	fmt.Scan(&name)
	done := make(chan bool)
	go func() { fmt.Println(greeting(), name); done <- true }()
	<-done
}
