package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// JSON is Merlon's own format. Nothing that a [Report] holds is lost in it but
// [Finding.Key]; text that is not UTF-8 is written with U+FFFD in its place.
//
// The document is an object whose first key, "schema", is "merlon/1" and whose
// second, "complete", is [Report.Complete]; the fields of Report follow under
// the names in their tags. Within one schema fields are only ever added.
// Each subject, scan, rule, finding, component and notice stands on a line of
// its own, so that lines can be searched and compared.
type JSON struct {
	Compact bool // all on one line
}

const (
	jsonSchema = "merlon/1"
	jsonFamily = "merlon/"
)

// Encode implements [Format].
func (f JSON) Encode(w io.Writer, r *Report) error {
	if err := r.check(); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	j := newJSONWriter(w)
	nl := "\n"
	if f.Compact {
		nl = ""
	}
	j.text(`{"schema":`)
	j.value("schema", jsonSchema)
	j.text(`,"complete":`)
	j.value("complete", r.Complete())
	jsonList(j, nl, "subjects", r.Subjects, true)
	jsonList(j, nl, "scans", r.Scans, true)
	jsonList(j, nl, "rules", r.Rules, false)
	jsonList(j, nl, "findings", r.Findings, true)
	jsonList(j, nl, "components", r.Components, false)
	jsonList(j, nl, "notices", r.Notices, false)
	if r.Verdict != nil {
		j.text("," + nl + `"verdict":`)
		j.value("verdict", r.Verdict)
	}
	if len(r.Props) > 0 {
		j.text("," + nl + `"props":`)
		j.value("props", r.Props)
	}
	j.text("}\n")
	if err := j.flush(); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// jsonList writes one field; an empty list is written if always is set.
func jsonList[T any](j *jsonWriter, nl, name string, list []T, always bool) {
	if len(list) == 0 && !always {
		return
	}
	j.text("," + nl + `"` + name + `":[`)
	for i := range list {
		if i > 0 {
			j.text(",")
		}
		j.text(nl)
		j.entry(name, i, &list[i])
	}
	if len(list) > 0 {
		j.text(nl)
	}
	j.text("]")
}

// A jsonWriter writes JSON text piece by piece: a report of a million findings
// is never in memory as text. The first error stays.
type jsonWriter struct {
	w   *bufio.Writer
	buf bytes.Buffer
	enc *json.Encoder
	err error
}

func newJSONWriter(w io.Writer) *jsonWriter {
	j := &jsonWriter{w: bufio.NewWriterSize(w, 64<<10)}
	j.enc = json.NewEncoder(&j.buf)
	j.enc.SetEscapeHTML(false)
	return j
}

func (j *jsonWriter) text(s string) { j.w.WriteString(s) }

func (j *jsonWriter) bytes(v any) ([]byte, error) {
	j.buf.Reset()
	err := j.enc.Encode(v)
	return bytes.TrimSuffix(j.buf.Bytes(), []byte("\n")), err
}

func (j *jsonWriter) value(name string, v any) {
	text, err := j.bytes(v)
	if err != nil && j.err == nil {
		j.err = fmt.Errorf("%s: %w", name, err)
	}
	j.w.Write(text)
}

func (j *jsonWriter) entry(name string, i int, v any) {
	text, err := j.bytes(v)
	if err != nil && j.err == nil {
		j.err = fmt.Errorf("%s[%d]: %w", name, i, err)
	}
	j.w.Write(text)
}

func (j *jsonWriter) flush() error {
	if j.err != nil {
		return j.err
	}
	return j.w.Flush()
}

// jsonText returns JSON for what cannot fail to have it.
func jsonText(v any) json.RawMessage {
	text, err := newJSONWriter(nil).bytes(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}
