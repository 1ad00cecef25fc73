package errlist

import (
	"errors"
	"io"
	"io/fs"
	"testing"
)

func TestList(t *testing.T) {
	var l List
	if err := l.Err(); err != nil || l.Len() != 0 {
		t.Errorf("empty list: %v", err)
	}
	l.Add(nil)
	l.Add(io.EOF)
	if err := l.Err(); err != io.EOF {
		t.Errorf("one error: got %v, want it as it is", err)
	}
	l.Addf("reading x: %w", fs.ErrPermission)
	err := l.Err()
	if got, want := err.Error(), "EOF; reading x: permission denied"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, io.EOF) || !errors.Is(err, fs.ErrPermission) || l.Len() != 2 {
		t.Errorf("causes are lost: %v", err)
	}
	l.Add(io.ErrUnexpectedEOF)
	if got := err.Error(); got != "EOF; reading x: permission denied" {
		t.Errorf("a later Add changed an earlier error: %q", got)
	}
	if Join(nil, nil) != nil || Join(nil, io.EOF) != io.EOF {
		t.Error("Join")
	}
}
