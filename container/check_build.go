package container

import (
	"fmt"
	"path"
	"strings"

	"github.com/merlonsec/merlon/report"
)

func addURL() Check {
	return check(report.Rule{
		ID: "container/add-url", Title: "Image built from an unchecked download", Severity: report.Low, Confidence: report.ConfidenceHigh,
		CWEs: []int{494}, Controls: cis("4.9"),
		Help: `A line of the build history adds a file from a URL without a checksum. Whoever controls the server, or the way to it where it is http, decides what is in the image at the next build.

Bad: ` + "`ADD https://example.com/tool.tar.gz /opt/`" + `.

Good: ` + "`ADD --checksum=sha256:… https://example.com/tool.tar.gz /opt/`" + `, or COPY of a file that the repository or a checked download provides.`,
	}, func(i *Image, see func(*report.Finding)) {
		for _, l := range i.history() {
			if url := addedURL(l.text); url != "" {
				see(l.finding(fmt.Sprintf("the build adds %.200s without a checksum", url)))
			}
		}
	})
}

// addedURL returns what an ADD line downloads unchecked, "" if nothing.
func addedURL(command string) string {
	words := strings.Fields(strings.TrimPrefix(command, "/bin/sh -c #(nop) "))
	if len(words) == 0 || words[0] != "ADD" {
		return ""
	}
	for _, w := range words[1:] {
		low := strings.ToLower(w)
		switch {
		case strings.HasPrefix(low, "--checksum="):
			return ""
		case strings.HasPrefix(low, "http://"), strings.HasPrefix(low, "https://"):
			return w
		}
	}
	return ""
}

func pipeToShell() Check {
	return check(report.Rule{
		ID: "container/pipe-to-shell", Title: "Image built by running an unchecked download", Severity: report.Medium, Confidence: report.ConfidenceMedium,
		CWEs: []int{494}, Controls: cis("4.11"),
		Help: `A command of the build history downloads a script and runs it at once. Nobody has seen what ran, and the next build may run something else. A download that is cut off runs in part.

Bad: ` + "`RUN curl -fsSL https://example.com/install.sh | sh`" + `.

Good: install a package whose signature is checked, or download to a file, compare its checksum, then run it.`,
	}, func(i *Image, see func(*report.Finding)) {
		for _, l := range i.history() {
			if pipesToShell(l.text) {
				see(l.finding("the build runs a script from the network that nobody has checked"))
			}
		}
	})
}

// pipesToShell reports whether the output of a download goes to a shell.
func pipesToShell(command string) bool {
	load := false // the pipe so far starts with a download
	for _, part := range strings.FieldsFunc(separate(command), func(r rune) bool { return r == '\x00' }) {
		piped := strings.HasPrefix(part, "|")
		words := strings.Fields(strings.TrimLeft(part, "|"))
		load = load && piped
		if load && runsShell(words) {
			return true
		}
		for _, w := range words {
			if b := path.Base(w); b == "curl" || b == "wget" {
				load = true
			}
		}
	}
	return false
}

// separate puts a zero byte between commands; one that reads from a pipe keeps its "|".
func separate(command string) string {
	return strings.NewReplacer("||", "\x00", "&&", "\x00", ";", "\x00", "\n", "\x00", "\x00", " ", "|", "\x00|").Replace(command)
}

// runsShell reports whether a command is a shell or interpreter that runs its input.
func runsShell(words []string) bool {
	for len(words) > 0 && (words[0] == "sudo" || words[0] == "env" || words[0] == "exec" || strings.Contains(words[0], "=") || words[0] == "-E") {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	switch strings.TrimRight(path.Base(words[0]), "0123456789.") {
	case "sh", "bash", "ash", "dash", "zsh", "ksh", "python", "perl", "ruby", "node":
	default:
		return false
	}
	for _, w := range words[1:] {
		if w == "-c" || w == "-e" || w == "-m" {
			return false // the program is given; the input is data
		}
	}
	return true
}
