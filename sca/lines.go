package sca

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/merlonsec/merlon/internal/walk"
	"github.com/merlonsec/merlon/report"
)

// document takes a file that is a record or a list of records.
func (l *loader) document(ctx context.Context, display string, data []byte) error {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '[' {
		return l.record(ctx, rawRecord{display, 0, data})
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return parseError(err)
	}
	for d.More() {
		line := 1 + bytes.Count(data[:d.InputOffset()], []byte{'\n'})
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return parseError(err)
		}
		if err := l.record(ctx, rawRecord{display, line, raw}); err != nil {
			return err
		}
	}
	return nil
}

func parseError(err error) error { return &report.Error{Op: report.OpParse, Err: err} }

// lines takes a record from each line.
func (l *loader) lines(ctx context.Context, display string, r io.Reader) error {
	in := bufio.NewReaderSize(r, 256<<10)
	for n := 1; ; n++ {
		line, long, err := readLine(in, maxRecord, l.left)
		l.spend(display, long)
		switch {
		case l.left < 0:
			return nil
		case err != nil && err != io.EOF: // the line is cut short
		case long > 0:
			l.build.gap(&report.Error{Op: report.OpLimit, Path: display, Line: n, Err: walk.TooLarge("", maxRecord).Err})
		case len(bytes.TrimSpace(line)) > 0:
			if err := l.record(ctx, rawRecord{display, n, line}); err != nil {
				return err
			}
		default:
			l.spend(display, int64(len(line)))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("from line %d on: %w", n, err)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// readLine returns a line of at most max bytes. Of a longer one it returns
// only its length, or one over left as soon as that is reached.
func readLine(in *bufio.Reader, max int, left int64) (line []byte, long int64, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if long == 0 && len(line)+len(part) > max {
			long, line = int64(len(line)), nil
		}
		if long > 0 {
			long += int64(len(part))
		} else {
			line = append(line, part...)
		}
		if err != bufio.ErrBufferFull {
			return line, long, err
		}
		if long > left {
			return nil, long, nil
		}
	}
}
