// One named misbehaviour each. Exit code 0: it was contained; 1: it was not.
package main

import (
	"net"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"time"
)

func end(contained bool) {
	if contained {
		os.Exit(0)
	}
	os.Exit(1)
}

func main() {
	switch os.Args[1] {
	case "goroutines":
		for {
			go func() { time.Sleep(time.Hour) }()
		}
	case "threads":
		for i := 0; i < 10000; i++ {
			go func() {
				runtime.LockOSThread()
				select {}
			}()
			runtime.Gosched()
		}
		time.Sleep(time.Hour)
	case "processes":
		for made := 0; made < 10000; made++ {
			if exec.Command("/bin/sleep", "1000").Start() != nil {
				end(made < 200)
			}
		}
		end(false)
	case "memory":
		var kept [][]byte
		for {
			block := make([]byte, 16<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			kept = append(kept, block)
		}
	case "network":
		_, err := net.Dial("tcp", "127.0.0.1:80")
		end(err != nil)
	case "deaf":
		signal.Ignore()
		for {
		}
	}
	os.Exit(99)
}
