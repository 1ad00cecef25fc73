package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Decode implements [Decoder]. It reads what [JSON.Encode] wrote, laid out in
// any way. Its errors name the field, line and column. A document that calls
// itself complete and is not, or the other way round, was changed by hand and
// is refused.
func (f JSON) Decode(r io.Reader) (*Report, error) {
	data, err := readDocument(r)
	if err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	return f.decode(data)
}

func (f JSON) decode(data []byte) (*Report, error) {
	schema, err := jsonSchemaOf(data)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not a report: %w: %w", errors.ErrUnsupported, err)
	case !strings.HasPrefix(schema, jsonFamily):
		return nil, fmt.Errorf("not a report of schema %s: %w", jsonSchema, errors.ErrUnsupported)
	case schema != jsonSchema:
		return nil, fmt.Errorf("reading JSON: the report has schema %q, and this program knows %s only", schema, jsonSchema)
	}
	d := &jsonReader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	rep, err := d.report()
	if err == nil {
		err = rep.check()
	}
	if err != nil {
		return nil, fmt.Errorf("reading JSON: %w", err)
	}
	return rep, nil
}

// jsonSchemaOf returns the value of the top-level key "schema". It need not be
// the first: tools that sort keys are common.
func jsonSchemaOf(data []byte) (schema string, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	err = eachKey(dec, func(key string) error {
		if key != "schema" {
			return skipValue(dec)
		}
		if v, err := dec.Token(); err != nil {
			return err
		} else if s, ok := v.(string); ok {
			schema = s
			return errStop
		}
		return errStop
	})
	return schema, err
}

var errStop = errors.New("stop")

// eachKey calls f at the value of each key of the object that comes next.
func eachKey(dec *json.Decoder, f func(key string) error) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return errors.New("it is no JSON object")
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := t.(string)
		if err := f(key); err == errStop {
			return nil
		} else if err != nil {
			return err
		}
	}
	_, err = dec.Token()
	return err
}

func skipValue(dec *json.Decoder) error {
	var raw json.RawMessage
	return dec.Decode(&raw)
}

// A jsonReader decodes entry by entry, so that an error can say in which.
type jsonReader struct {
	data  []byte
	dec   *json.Decoder
	at    string // the entry that is read
	start int64  // and where it starts
}

func (d *jsonReader) report() (*Report, error) {
	r := &Report{}
	var complete *bool
	err := eachKey(d.dec, func(key string) (err error) {
		switch key {
		case "complete":
			err = d.value(key, &complete)
		case "subjects":
			r.Subjects, err = jsonEntries[Subject](d, key)
		case "scans":
			r.Scans, err = jsonEntries[Scan](d, key)
		case "rules":
			r.Rules, err = jsonEntries[Rule](d, key)
		case "findings":
			r.Findings, err = jsonPointers[Finding](d, key)
		case "components":
			r.Components, err = jsonPointers[Component](d, key)
		case "notices":
			r.Notices, err = jsonEntries[Notice](d, key)
		case "verdict":
			err = d.value(key, &r.Verdict)
		case "props":
			err = d.value(key, &r.Props)
		default:
			err = skipValue(d.dec)
		}
		return err
	})
	if err != nil {
		return nil, d.place(err)
	}
	if _, err := d.dec.Token(); err != io.EOF {
		return nil, errors.New("there is more text behind the report")
	}
	if complete != nil && *complete != r.Complete() {
		return nil, fmt.Errorf("it says complete: %v, which its scans and notices contradict: the file was changed", *complete)
	}
	return r, nil
}

func (d *jsonReader) value(name string, v any) error {
	d.at, d.start = name, d.dec.InputOffset()
	return d.dec.Decode(v)
}

// jsonEach decodes a list; it reuses nothing, so the entries can be kept.
func jsonEach[T any](d *jsonReader, name string, add func(*T)) error {
	d.at, d.start = name, d.dec.InputOffset()
	t, err := d.dec.Token()
	if err != nil || t == nil {
		return err
	}
	if t != json.Delim('[') {
		return errors.New("it is no list")
	}
	for i := 0; d.dec.More(); i++ {
		var v *T
		if err := d.value(fmt.Sprintf("%s[%d]", name, i), &v); err != nil {
			return err
		}
		if v == nil {
			return errors.New("it is null")
		}
		if i >= maxFindings {
			return fmt.Errorf("more than %d of them", maxFindings)
		}
		add(v)
	}
	_, err = d.dec.Token()
	return err
}

func jsonEntries[T any](d *jsonReader, name string) (list []T, err error) {
	err = jsonEach(d, name, func(v *T) { list = append(list, *v) })
	return list, err
}

func jsonPointers[T any](d *jsonReader, name string) (list []*T, err error) {
	err = jsonEach(d, name, func(v *T) { list = append(list, v) })
	return list, err
}

// place says where in the document an error lies.
func (d *jsonReader) place(err error) error {
	if e := syntaxError(d.data); e != nil {
		return e
	}
	at := d.start
	for at < int64(len(d.data)) && strings.IndexByte(" \t\r\n,:", d.data[at]) >= 0 {
		at++
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		at += e.Offset
		err = typeError(e)
	}
	return fmt.Errorf("%s (%s): %w", d.at, lineColumn(d.data, at), err)
}

// syntaxError returns what is wrong with JSON text, and where, or nil.
func syntaxError(data []byte) error {
	var all struct{}
	if e, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(data, &all)); ok {
		return fmt.Errorf("%s: %w", lineColumn(data, e.Offset-1), e)
	}
	return nil
}

func typeError(e *json.UnmarshalTypeError) error {
	if e.Field == "" {
		return fmt.Errorf("a %s is in the place of a %s", e.Value, e.Type.Kind())
	}
	return fmt.Errorf("%s: a %s is in the place of a %s", e.Field, e.Value, e.Type.Kind())
}

// lineColumn names a byte of a text, both counted from one, the column in bytes.
func lineColumn(data []byte, at int64) string {
	at = min(max(at, 0), int64(len(data)))
	line := bytes.Count(data[:at], newline) + 1
	return fmt.Sprintf("line %d, column %d", line, int(at)-bytes.LastIndexByte(data[:at], '\n'))
}
