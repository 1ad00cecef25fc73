package report

import (
	"strconv"
	"strings"
)

// message returns the text and Markdown of a message: its own, or one of the
// rule's or the tool's strings, with arguments filled in (3.11).
func (d *sarifRunReader) message(s *sarifMessage, rule *sarifDescriptor) (text, markdown string) {
	if s.Text != nil {
		text, markdown = *s.Text, s.Markdown
		if len(s.Arguments) == 0 {
			return text, markdown
		}
	} else if s.ID != "" {
		tool := &d.run.Tool.Driver
		var m sarifText
		ok := false
		if rule != nil {
			tool = rule.tool
			m, ok = rule.raw.MessageStrings[s.ID]
		}
		if !ok {
			m, ok = tool.GlobalMessageStrings[s.ID]
		}
		if !ok {
			return "", s.Markdown
		}
		text, markdown = m.Text, m.Markdown
		d.refer(len(text) + len(markdown))
	}
	return fillIn(text, s.Arguments), fillIn(markdown, s.Arguments)
}

// fillIn replaces "{0}" by the first argument, and "{{" by "{" (3.11.5).
func fillIn(text string, args []string) string {
	if !strings.ContainsAny(text, "{}") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '{' {
			const most = 8 // characters of a placeholder
			if end := strings.IndexByte(text[i:min(len(text), i+most)], '}'); end > 0 {
				if n, err := strconv.Atoi(text[i+1 : i+end]); err == nil && n >= 0 && n < len(args) {
					b.WriteString(args[n])
					i += end
					continue
				}
			}
		}
		if (c == '{' || c == '}') && i+1 < len(text) && text[i+1] == c {
			i++
		}
		b.WriteByte(c)
	}
	return b.String()
}
