package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Text is one line a finding, in the style of a compiler:
//
//	path:line:column: severity: message [rule]
//	path: gap: scanner: what could not be examined, and what to do
//	fail: reason; 3 findings (1 critical, 2 low), 1 suppressed, 1 gap
//
// With Group set it is a page for people: findings stand below a heading for
// each kind, and behind the last line are the verdict's reasons and what to do first.
//
// In a report on several subjects each line starts with the subject's name.
// Suppressed findings are counted, and shown only if Verbose is set. The last
// line says "incomplete" where there are gaps, and "nothing was scanned" where
// there was no scan. Control characters in names and messages are escaped.
type Text struct {
	Group   bool // under headings, with the verdict's reasons and what to do first
	Color   bool // ANSI colours: set it if the writer is a terminal
	Verbose bool // with flow, component, fix, help, notes, reasons and suppressed findings
}

// Encode implements [Format].
func (f Text) Encode(w io.Writer, r *Report) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("writing text: %w", err)
	}
	t := &textWriter{Text: f, w: w, index: NewIndex(r), many: len(r.Subjects) > 1, help: map[*Rule]string{}}
	now := r.asOf()
	var n [Critical + 1]int
	suppressed := 0
	shown := make([]*Finding, 0, len(r.Findings))
	for _, g := range r.Findings {
		s := g.Suppressed(now)
		if s == nil {
			n[min(g.Severity, Critical)]++
		} else {
			suppressed++
		}
		if s == nil || f.Verbose {
			shown = append(shown, g)
		}
	}
	if f.Group {
		shown = groupByKind(shown)
	}
	for i, g := range shown {
		if f.Group && (i == 0 || kindOrder(g) != kindOrder(shown[i-1])) {
			t.heading(shown[i:])
		}
		t.finding(g, g.Suppressed(now))
	}
	if f.Group && len(shown) > 0 {
		t.line()
	}
	gaps := 0
	for _, n := range sameNotices(r.Notices) {
		if n.Gap {
			gaps++
		}
		if n.Gap || f.Verbose {
			t.notice(n)
		}
	}
	if v := r.Verdict; v != nil && f.Verbose && !f.Group {
		for i := range v.Reasons {
			t.reason(&v.Reasons[i])
		}
	}
	t.last(r, n[:], suppressed, gaps)
	if f.Group {
		t.advise(r)
	}
	if t.err != nil {
		return fmt.Errorf("writing text: %w", t.err)
	}
	return nil
}

type textWriter struct {
	Text
	w     io.Writer
	index *Index
	many  bool             // several subjects
	help  map[*Rule]string // its first paragraph
	err   error
}

// line writes parts as one line. The parts are cleaned by their makers: ours hold escapes.
func (t *textWriter) line(parts ...string) {
	if t.err == nil {
		_, t.err = io.WriteString(t.w, strings.Join(parts, "")+"\n")
	}
}

// The colours, by SGR number (ECMA-48, 8.3.117).
const (
	textBold  = "1"
	textFaint = "2"
	textRed   = "31"
	textGreen = "32"
	textAmber = "33"
	textBlue  = "34"
)

func (t *textWriter) paint(color, s string) string {
	if !t.Color {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}

// oneLine makes any text fit for a line.
func oneLine(s string) string {
	const most = 2000 // bytes; what is longer is no message
	more := ""
	if len(s) > most {
		s, more = s[:most], "…"
	}
	return clean(strings.Join(strings.Fields(s), " ")) + more
}

// prefix is the subject, if the reader has to be told.
func (t *textWriter) prefix(subject string) string {
	if !t.many || subject == "" {
		return ""
	}
	return t.paint(textFaint, clean(subject)+": ")
}

// textPlace is a place as compilers write it, or "".
func textPlace(l *Location) string {
	p := cmp.Or(l.Path, l.URI)
	if p == "" {
		return ""
	}
	start := l.Region.Start
	p = place(clean(p), start.Line)
	if start.Line > 0 && start.Column > 0 {
		p += fmt.Sprintf(":%d", start.Column)
	}
	return p
}

func (t *textWriter) finding(f *Finding, s *Suppression) {
	c := t.index.Component(f)
	where := textPlace(&f.Location)
	if where == "" && c != nil && len(c.Found) > 0 {
		where = textPlace(&c.Found[0])
	}
	where = cmp.Or(where, clean(f.Component), clean(logicalName(f)))
	if where == "" && !t.many {
		where = clean(f.Subject)
	}
	if where != "" {
		where = t.paint(textBold, where) + ": "
	}
	severity := cmp.Or(f.Severity.String(), "unrated")
	color := textBlue
	switch {
	case f.Severity >= High:
		color = textRed
	case f.Severity == Medium:
		color = textAmber
	}
	rule := oneLine(sarifRuleID(f))
	note := ""
	if s != nil {
		color = textFaint
		note = " (suppressed)"
	}
	if f.Count > 1 {
		note += fmt.Sprintf(" (%d times)", f.Count)
	}
	message := oneLine(cmp.Or(f.Message, t.index.Rule(f).Title, f.Rule))
	t.line(t.prefix(f.Subject), where, t.paint(color, severity), ": ", message, note, t.paint(textFaint, " ["+rule+"]"))
	if t.Verbose {
		t.details(f, c, s)
	}
}

// logicalName is the innermost element that a finding names.
func logicalName(f *Finding) string {
	if n := len(f.Location.Logical); n > 0 {
		return f.Location.Logical[n-1].Name
	}
	return ""
}

// details are the indented lines below a finding.
func (t *textWriter) details(f *Finding, c *Component, s *Suppression) {
	item := func(name, text string) {
		if text != "" {
			t.line("    ", t.paint(textFaint, name+": "), text)
		}
	}
	if s != nil {
		item("suppressed", suppressedBecause(s))
	}
	if c != nil {
		item("component", oneLine(cmp.Or(c.PURL, c.Name+" "+c.Version)))
	} else {
		item("component", oneLine(f.Component))
	}
	item("via", oneLine(strings.Join(f.Via, " > ")))
	if len(f.Advisories) > 1 {
		item("also known as", oneLine(strings.Join(f.Advisories[1:], ", ")))
	}
	for i, flow := range f.Flows {
		for j := range flow {
			name := "flow"
			if len(f.Flows) > 1 {
				name = fmt.Sprintf("flow %d", i+1)
			}
			item(fmt.Sprintf("%s, step %d", name, j+1), textStep(&flow[j]))
		}
	}
	for j := range f.Reach.Path {
		item(fmt.Sprintf("call %d", j+1), textStep(&f.Reach.Path[j]))
	}
	for i := range f.Related {
		l := &f.Related[i]
		if where := textPlace(l); where != "" {
			item(cmp.Or(oneLine(string(l.Role)), "related"), strings.TrimSuffix(where+": "+oneLine(l.Message), ": "))
		}
	}
	for i := range f.Fixes {
		x := &f.Fixes[i]
		text := oneLine(cmp.Or(x.Title, x.ID))
		if len(x.Command) > 0 {
			text += " (run: " + oneLine(strings.Join(x.Command, " ")) + ")"
		}
		item("fix", text)
	}
	rule := t.index.Rule(f)
	if _, ok := t.help[rule]; !ok {
		t.help[rule] = oneLine(paragraph(rule.Help))
	}
	item("help", t.help[rule])
	item("see", oneLine(rule.URL))
}

func textStep(s *Step) string {
	return strings.TrimSuffix(cmp.Or(textPlace(&s.Location), "?")+": "+oneLine(cmp.Or(s.Message, s.Location.Message)), ": ")
}

// suppressedBecause is who says so, and why.
func suppressedBecause(s *Suppression) string {
	parts := []string{oneLine(string(s.Kind)), oneLine(string(s.Status)), oneLine(cmp.Or(s.Reason, s.Justification))}
	if s.Owner != "" {
		parts = append(parts, "owner "+oneLine(s.Owner))
	}
	if s.Ticket != "" {
		parts = append(parts, oneLine(s.Ticket))
	}
	if !s.Expires.IsZero() {
		parts = append(parts, "until "+s.Expires.UTC().Format(time.DateOnly))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// sameNotices returns one notice for those of several scanners that say the
// same of one place: a lock file that is broken is so for all that need it.
func sameNotices(list []Notice) []*Notice {
	type key struct {
		subject, op, path, message string
		line                       int
		gap                        bool
	}
	var out []*Notice
	at := map[key]*Notice{}
	for i := range list {
		n := list[i]
		k := key{n.Subject, n.Op, n.Path, n.Message, n.Line, n.Gap}
		if have := at[k]; have != nil {
			if n.Scanner != "" && n.Scanner != have.Scanner {
				have.Scanner += ", " + n.Scanner
			}
			continue
		}
		at[k] = &n
		out = append(out, &n)
	}
	return out
}

func (t *textWriter) notice(n *Notice) {
	kind, color := "note", textBlue
	if n.Gap {
		kind, color = "gap", textRed
	}
	where := place(clean(n.Path), n.Line)
	if n.Path == "" {
		where = clean(n.Subject)
	}
	if where != "" {
		where = t.paint(textBold, where) + ": "
	}
	who := ""
	if n.Scanner != "" {
		who = clean(n.Scanner) + ": "
	}
	prefix := ""
	if n.Path != "" {
		prefix = t.prefix(n.Subject)
	}
	t.line(prefix, where, t.paint(color, kind), ": ", who, oneLine(n.Message))
}

func (t *textWriter) reason(r *Reason) {
	text := oneLine(r.Message)
	if r.Clause != "" {
		text = oneLine(r.Clause) + ": " + text
	}
	t.line(t.prefix(r.Subject), t.paint(outcomeColor(r.Outcome), r.Outcome.String()), ": ", text)
}

func outcomeColor(o Outcome) string {
	switch o {
	case Pass:
		return textGreen
	case Warn:
		return textAmber
	}
	return textRed
}

// last is the line that sums up.
func (t *textWriter) last(r *Report, n []int, suppressed, gaps int) {
	var counts []string
	total := 0
	for i := len(n) - 1; i >= 0; i-- {
		if total += n[i]; n[i] > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n[i], cmp.Or(Severity(i).String(), "unrated")))
		}
	}
	parts := []string{plural(total, "finding")}
	if total > 0 {
		parts[0] += " (" + strings.Join(counts, ", ") + ")"
	}
	if suppressed > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", suppressed))
	}
	switch {
	case gaps > 0:
		parts = append(parts, t.paint(textRed, "incomplete: "+plural(gaps, "gap")))
	case len(r.Scans) == 0:
		parts = append(parts, t.paint(textRed, "nothing was scanned"))
	}
	line := strings.Join(parts, ", ")
	if v := r.Verdict; v != nil {
		text := clean(v.String())
		if t.Group {
			text = v.Outcome.String() // its reasons follow
		}
		line = t.paint(outcomeColor(v.Outcome), text) + "; " + line
	}
	t.line(line)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
