package report

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
)

// A Meter shows on one line of a terminal how far the scanners of a run are:
//
//	m := &report.Meter{W: os.Stderr}
//	runner := report.Runner{Progress: m.Show}
//	…
//	m.Clear()
//
// It is safe for concurrent use. The zero Meter shows nothing.
type Meter struct {
	W     io.Writer // a terminal; nil shows nothing
	Width int       // columns; zero means 80

	mu    sync.Mutex
	texts map[string]string
	order []string
}

// eraseLine goes to the first column and erases what stands in the line (ECMA-48, EL).
const eraseLine = "\r\x1b[K"

// Show is a [Runner.Progress].
func (m *Meter) Show(p Progress) {
	if m.W == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.texts[p.Scanner]; !known {
		if m.texts == nil {
			m.texts = map[string]string{}
		}
		m.order = append(m.order, p.Scanner)
	}
	text := p.Scanner + " " + p.Phase
	switch {
	case p.Total > 0:
		text += fmt.Sprintf(" %d/%d", p.Done, p.Total)
	case p.Done > 0:
		text += fmt.Sprintf(" %d", p.Done)
	}
	m.texts[p.Scanner] = text
	all := make([]string, len(m.order))
	for i, name := range m.order {
		all[i] = m.texts[name]
	}
	line := []rune(clean(strings.Join(all, " · ")))
	width := m.Width
	if width <= 0 {
		width = 80
	}
	if len(line) >= width {
		line = append(line[:width-2], '…')
	}
	io.WriteString(m.W, eraseLine+string(line))
}

// Clear removes the line.
func (m *Meter) Clear() {
	if m.W != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		io.WriteString(m.W, eraseLine)
	}
}

// IsTerminal reports whether w is a terminal, or another character device:
// where a Meter and the colours of [Text] make sense.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
