// A program whose Go functions are frames of several shapes, some of them inlined, for test_go_frames.py. Prints its maps first,
// because the cores that qemu writes have none. It imports little, since all of that is compiled for each processor.
package main

import (
	"sync"
	"syscall"
)

//go:noinline
func fault(p *int) int { return *p }

func inner(p *int, n int) int { return fault(p) + n }

func middle(p *int, n int) int {
	return inner(p, n*3) - 1
}

//go:noinline
func outer(n int) int {
	var room [600]byte
	room[n] = byte(n)
	return middle(nil, n) + int(room[n/2])
}

//go:noinline
func recurse(n int) int {
	if n == 0 {
		return outer(1)
	}
	return recurse(n-1) + 1
}

func printMaps() {
	var room [4096]byte
	file, _ := syscall.Open("/proc/self/maps", syscall.O_RDONLY, 0)
	for {
		n, _ := syscall.Read(file, room[:])
		if n <= 0 {
			return
		}
		syscall.Write(1, room[:n])
	}
}

//go:noinline
func unlock(lock *sync.Mutex) { lock.Unlock() }

func main() {
	if _, fatal := syscall.Getenv("FATAL"); fatal {
		unlock(new(sync.Mutex))
	}
	printMaps()
	println(recurse(3))
}
