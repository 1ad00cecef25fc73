package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Decode implements [Decoder]. Its errors name the place in the document, such
// as runs[0].results[17].
func (f SARIF) Decode(r io.Reader) (*Report, error) {
	data, err := readDocument(r)
	if err != nil {
		return nil, fmt.Errorf("reading SARIF: %w", err)
	}
	return f.decode(data)
}

func (f SARIF) decode(data []byte) (*Report, error) {
	version, err := sarifVersionOf(data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not SARIF: %w: %w", errors.ErrUnsupported, err)
	case version == "":
		return nil, fmt.Errorf("not SARIF: %w", errors.ErrUnsupported)
	case version != sarifVersion:
		return nil, fmt.Errorf("reading SARIF: the document has version %q, and only %s can be read", version, sarifVersion)
	}
	d := &sarifReader{rep: &Report{}, subjects: map[string]bool{}, rules: map[[2]string]bool{}, limit: fewBytes + len(data)*bytesReferred}
	if err = d.log(data); err == nil {
		err = d.rep.check()
	}
	if err != nil {
		return nil, fmt.Errorf("reading SARIF: %w", err)
	}
	return d.rep, nil
}

// sarifVersionOf returns the version of a SARIF document, "" if it is none. A
// document is SARIF if it has a version and runs, or a schema that says so.
func sarifVersionOf(data []byte) (version string, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	known, runs := false, false
	err = eachKey(dec, func(key string) error {
		var s string
		switch key {
		case "$schema", "version":
			v, err := dec.Token()
			if err != nil {
				return err
			}
			if s, _ = v.(string); key == "version" {
				version = s
			} else {
				known = known || strings.Contains(strings.ToLower(s), "sarif")
			}
		case "runs":
			if runs = true; version != "" {
				return errStop
			}
			return skipValue(dec)
		default:
			return skipValue(dec)
		}
		if version != "" && (known || runs) {
			return errStop
		}
		return nil
	})
	if known || runs {
		return cmp.Or(version, map[bool]string{true: "none"}[known]), nil
	}
	return "", err
}

// A document may refer to text many times: it takes no more memory than these
// bytes, and this many times its size.
const (
	fewBytes      = 64 << 20
	bytesReferred = 16
)

// A sarifReader makes one report of the runs of a document.
type sarifReader struct {
	rep      *Report
	subjects map[string]bool
	rules    map[[2]string]bool
	found    int
	referred int // see refer
	limit    int // of referred
}

func (d *sarifReader) log(data []byte) error {
	var log sarifLog
	if err := decodeAt("", data, &log); err != nil {
		return cmp.Or(syntaxError(data), err)
	}
	extra, _, bag := sarifUnpack[sarifLogExtra](log.Properties)
	d.rep.Props = sarifKeep(bag, &sarifLogKept{log.sarifLogRest})
	d.rep.Verdict = extra.Verdict
	d.rep.Components = extra.Components
	for i, raw := range log.Runs {
		path := fmt.Sprintf("runs[%d]", i)
		if len(raw) == 0 {
			return fmt.Errorf("%s is null", path)
		}
		run := &sarifRunReader{sarifReader: d, path: path, run: new(sarifRun)}
		if err := decodeAt(path, raw, run.run); err != nil {
			return err
		}
		if err := run.read(); err != nil {
			return err
		}
		log.Runs[i] = nil
	}
	for _, s := range extra.Subjects {
		d.subject(s)
	}
	for _, r := range extra.Rules {
		d.rule(r)
	}
	if len(log.InlineExternalProperties) > 0 {
		d.gap(Notice{Op: OpRead, Message: "inlineExternalProperties are not read: write the document without them"})
	}
	if len(log.Runs) == 0 {
		d.gap(Notice{Op: OpScan, Message: "the document holds no run"})
	}
	d.finish()
	return nil
}

// finish sorts as [Merge] does.
func (d *sarifReader) finish() {
	r := d.rep
	slices.SortFunc(r.Subjects, func(a, b Subject) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.Rules, func(a, b Rule) int {
		return cmp.Or(strings.Compare(a.Scanner, b.Scanner), strings.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(r.Findings, func(f, g *Finding) int {
		return cmp.Or(f.Compare(g), strings.Compare(f.Fingerprint, g.Fingerprint))
	})
	r.Notices = foldNotices(r.Notices)
}

func (d *sarifReader) subject(s Subject) {
	if !d.subjects[s.Name] {
		d.subjects[s.Name] = true
		d.rep.Subjects = append(d.rep.Subjects, s)
	}
}

func (d *sarifReader) rule(r Rule) {
	if k := [2]string{r.Scanner, r.ID}; !d.rules[k] {
		d.rules[k] = true
		d.rep.Rules = append(d.rep.Rules, r)
	}
}

func (d *sarifReader) gap(n Notice) {
	n.Gap = true
	d.rep.Notices = append(d.rep.Notices, n)
}

// decodeAt decodes a part of the document, of which an error says where it lies.
func decodeAt(path string, data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		err = fmt.Errorf("a %s is in the place of a %s", e.Value, e.Type.Kind())
		if e.Field != "" {
			path = strings.TrimPrefix(path+"."+e.Field, ".")
		}
	}
	return fmt.Errorf("%s: %w", cmp.Or(path, "the document"), err)
}

// presort sorts as foldFindings does, but makes the text of a finding once
// rather than for every comparison: a document may hold a million equal results.
func presort(fs []*Finding) {
	texts := map[*Finding][]byte{}
	text := func(f *Finding) []byte {
		t, ok := texts[f]
		if !ok {
			t, _ = json.Marshal(f)
			texts[f] = t
		}
		return t
	}
	slices.SortFunc(fs, func(f, g *Finding) int {
		if c := f.Compare(g); c != 0 {
			return c
		}
		return bytes.Compare(text(f), text(g))
	})
}
