package taint

import "strings"

// commandModels are the arguments that name a program or that a shell on the
// other side parses. What a local shell parses is decided in sink.go.
func commandModels() []Model {
	return []Model{
		{Func: "os/exec.Command", Sink: "0:command"},
		{Func: "os/exec.CommandContext", Sink: "1:command"},
		{Func: "os.StartProcess", Sink: "0:command"},
		{Func: "syscall.Exec", Sink: "0:command"},
		{Func: "syscall.ForkExec", Sink: "0:command"},
		{Func: "syscall.StartProcess", Sink: "0:command"},
		{Func: "golang.org/x/sys/unix.Exec", Sink: "0:command"},
		{Func: "golang.org/x/crypto/ssh.Session.Run", Sink: "1:command"},
		{Func: "golang.org/x/crypto/ssh.Session.Start", Sink: "1:command"},
		{Func: "golang.org/x/crypto/ssh.Session.Output", Sink: "1:command"},
		{Func: "golang.org/x/crypto/ssh.Session.CombinedOutput", Sink: "1:command"},
		{Func: "github.com/alessio/shellescape.Quote", Flows: "0>r-command"},
		{Func: "al.essio.dev/pkg/shellescape.Quote", Flows: "0>r-command"},
		{Func: "github.com/kballard/go-shellquote.Join", Flows: "0>r-command"},
	}
}

// argvModels says which functions take a program's name and its arguments.
// name and argv are arguments; where argv holds the name too, its first
// element is skipped.
func argvModel(fn string) (name, argv int, own bool, ok bool) {
	switch fn {
	case "os/exec.Command":
		return 0, 1, false, true
	case "os/exec.CommandContext":
		return 1, 2, false, true
	case "os.StartProcess", "syscall.Exec", "syscall.ForkExec", "syscall.StartProcess", "golang.org/x/sys/unix.Exec":
		return 0, 1, true, true
	}
	return 0, 0, false, false
}

// interprets reports whether flag makes program take its next argument as code.
func interprets(program, flag string) bool {
	program = program[strings.LastIndexAny(program, `/\`)+1:]
	program = strings.TrimSuffix(strings.ToLower(program), ".exe")
	switch program {
	case "sh", "bash", "zsh", "dash", "ksh", "ash", "fish", "csh", "tcsh", "busybox":
		return strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--") && strings.HasSuffix(flag, "c")
	case "cmd":
		return strings.EqualFold(flag, "/c") || strings.EqualFold(flag, "/k") || strings.EqualFold(flag, "/s")
	case "powershell", "pwsh":
		f := strings.ToLower(flag)
		return len(f) > 1 && (strings.HasPrefix("-command", f) || strings.HasPrefix("-encodedcommand", f))
	case "python", "python2", "python3":
		return flag == "-c"
	case "perl", "ruby", "node", "lua":
		return flag == "-e" || flag == "-E" || program == "node" && (flag == "-p" || flag == "--eval")
	case "php":
		return flag == "-r"
	case "su", "script":
		return flag == "-c"
	}
	return false
}
