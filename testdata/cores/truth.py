"""Run by gdb, attached to the server before the client comes: writes down what the kernel and gdb say at the fault and at
the abort (signal, registers, /proc/PID/maps, stack), then lets the server die of it. $CLIENT is started, $TRUTH written."""
import json
import os
import subprocess

import gdb


def hexadecimal(value):
    return "0x%x" % (int(value) & 0xFFFFFFFFFFFFFFFF)


def evaluate(expression):
    return gdb.parse_and_eval(expression)


def registers():
    names = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15 rip eflags cs ss ds es fs gs fs_base gs_base"
    frame = gdb.newest_frame()
    return {name: hexadecimal(frame.read_register(name)) for name in names.split()}


def stack():
    frames, frame = [], gdb.newest_frame()
    while frame is not None and len(frames) < 64:
        row = {"pc": hexadecimal(frame.pc()), "object": gdb.solib_name(frame.pc()) or "", "function": frame.name() or ""}
        if frame.type() == gdb.SIGTRAMP_FRAME:
            row["signal_frame"] = True
        frames.append(row)
        frame = frame.older()
    return frames


def maps(pid):
    with open("/proc/%d/maps" % pid) as lines:
        return lines.read().splitlines()


def stop(pid):
    fields = {"number": int(evaluate("$_siginfo.si_signo")), "code": int(evaluate("$_siginfo.si_code"))}
    if fields["number"] == 11:
        fields["address"] = hexadecimal(evaluate("$_siginfo._sifields._sigfault.si_addr"))
    else:
        fields["sender_pid"] = int(evaluate("$_siginfo._sifields._kill.si_pid"))
        fields["sender_uid"] = int(evaluate("$_siginfo._sifields._kill.si_uid"))
    return {"signal": fields, "registers": registers(), "stack": stack()}


gdb.execute("set pagination off")
gdb.execute("set debuginfod enabled off")
gdb.execute("handle all nostop noprint pass")
gdb.execute("handle SIGSEGV SIGABRT stop print pass")
pid = gdb.selected_inferior().pid
subprocess.Popen(os.environ["CLIENT"].split())
gdb.execute("continue")
fault = stop(pid)
gdb.execute("continue")
truth = {"pid": pid, "threads": [thread.ptid[1] for thread in gdb.selected_inferior().threads()]}
truth.update(fault=fault, abort=stop(pid), maps=maps(pid))
with open(os.environ["TRUTH"], "w") as out:
    json.dump(truth, out, indent=1)
    out.write("\n")
gdb.execute("continue")
