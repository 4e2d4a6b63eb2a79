// Programs that die of Go panics and fatal errors, for test_runtimes.py: `gopanic KIND`. The function that is to blame is
// main.blame.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

type failure struct {
	code int
	text string
}

func (f *failure) Error() string { return fmt.Sprintf("failure %d: %s", f.code, f.text) }

type item struct {
	room  [3]int
	value int
}

var zero int

//go:noinline
func blame(kind string, pointer *item, numbers []int) int {
	switch kind {
	case "text":
		panic("only a text")
	case "formatted":
		panic(fmt.Sprintf("the number is %d", len(numbers)))
	case "number":
		panic(42)
	case "error":
		panic(errors.New("an error value"))
	case "own":
		panic(&failure{28, "no disk left"})
	case "index":
		return numbers[zero+7]
	case "divide":
		return 7 / zero
	case "nil":
		return pointer.value
	case "map":
		var names map[string]int
		names["missing"] = 1
	case "overflow":
		return blame(kind, pointer, numbers) + len(numbers)
	case "deadlock":
		var group sync.WaitGroup
		group.Add(1)
		group.Wait()
	}
	return 0
}

func main() {
	kind := os.Args[1]
	if kind == "quit" {
		go func() {
			for {
				time.Sleep(time.Hour)
			}
		}()
		syscall.Kill(syscall.Getpid(), syscall.SIGQUIT)
		time.Sleep(time.Minute)
	}
	debug.SetMaxStack(1 << 20)
	os.Exit(blame(kind, nil, []int{1, 2, 3}))
}
