package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// What the kernel says of processes, in /proc. Elsewhere than on Linux there is nothing, and the figures stay 0.

// tick is the unit of CPU time in /proc: USER_HZ is 100 wherever Linux runs.
const tick = 10 * time.Millisecond

// cpuOf is the CPU time that a process and its descendants have used, those that have ended included; of process 0,
// which stands for one that is out of sight, it is 0.
func cpuOf(pid int) time.Duration {
	if pid == 0 {
		return 0
	}
	type entry struct {
		parent int
		used   time.Duration
	}
	all := map[int]entry{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		// The name may contain spaces; the fields begin behind its parenthesis, with the state.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(fields) < 15 {
			continue
		}
		number, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		e := entry{}
		e.parent, _ = strconv.Atoi(fields[1])
		for _, field := range fields[11:15] { // user and system, its own and of children waited for
			ticks, _ := strconv.ParseInt(field, 10, 64)
			e.used += time.Duration(ticks) * tick
		}
		all[number] = e
	}
	var sum time.Duration
	for number, e := range all {
		for at := number; at != 0; at = all[at].parent {
			if at == pid {
				sum += e.used
				break
			}
		}
	}
	return sum
}

// parentOf is the process that started another one, 0 when it is not known.
func parentOf(pid int) int {
	parent, _ := strconv.Atoi(statusOf(pid, "PPid"))
	return parent
}

// peakOf is the largest resident memory of a process and its children since forgetPeak, in bytes.
func peakOf(pid int) int64 {
	var sum int64
	for _, p := range family(pid) {
		kB, _ := strconv.ParseInt(strings.TrimSuffix(statusOf(p, "VmHWM"), " kB"), 10, 64)
		sum += kB << 10
	}
	return sum
}

// forgetPeak sets the peak to what is resident now.
func forgetPeak(pid int) {
	for _, p := range family(pid) {
		_ = os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p), []byte("5"), 0) // without it the peak is since the start
	}
}

// family is a process and its children.
func family(pid int) []int {
	out := []int{pid}
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for field := range strings.FieldsSeq(string(text)) {
		if child, err := strconv.Atoi(field); err == nil {
			out = append(out, child)
		}
	}
	return out
}

func statusOf(pid int, field string) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && name == field {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
