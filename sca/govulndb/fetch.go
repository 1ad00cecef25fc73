package govulndb

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/merlonsec/merlon/report"
)

const (
	tries      = 4
	tryTimeout = time.Minute
	maxPause   = 30 * time.Second // however long the server asks to wait
)

// A fetcher gets files below a URL.
type fetcher struct {
	base   *url.URL
	client *http.Client
	cache  report.Cache
	pause  time.Duration // after the first failure; doubled after each
}

// url is the address of a file as messages show it, without a password.
func (f *fetcher) url(name string) string { return f.base.JoinPath(name).Redacted() }

// kept is what the cache holds of an answer, in front of its body.
type kept struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"lastModified,omitempty"`
}

// get returns the content of a file. If modified is known, what the cache
// holds of that date is it; else the server is asked whether it has changed.
// The error is a *report.Error that names the URL, or the context's cause.
func (f *fetcher) get(ctx context.Context, name string, limit int64, modified time.Time) ([]byte, error) {
	key := "govulndb/v1 " + f.url(name)
	if !modified.IsZero() {
		key += " " + modified.UTC().Format(time.RFC3339Nano)
	}
	have, body, cached := f.recall(ctx, key)
	if cached && !modified.IsZero() {
		return body, nil
	}
	pause := f.pause
	for try := 1; ; try++ {
		a, err := f.try(ctx, name, limit, have)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err == nil && a.unchanged && cached:
			return body, nil
		case err == nil:
			f.keep(ctx, key, a)
			return a.body, nil
		case !a.again || try == tries:
			op := report.OpRead
			if errors.Is(err, errTooLarge) {
				op = report.OpLimit
			}
			return nil, &report.Error{Op: op, Path: f.url(name), Err: err}
		}
		if err := wait(ctx, min(cmp.Or(a.after, pause), maxPause)); err != nil { // zero: the server did not say
			return nil, err
		}
		pause *= 2
	}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (f *fetcher) recall(ctx context.Context, key string) (k kept, body []byte, ok bool) {
	if f.cache == nil {
		return k, nil, false
	}
	value, ok := f.cache.Get(ctx, key)
	if !ok {
		return k, nil, false
	}
	head, body, ok := bytes.Cut(value, []byte{'\n'})
	if !ok || json.Unmarshal(head, &k) != nil {
		return kept{}, nil, false
	}
	return k, body, true
}

func (f *fetcher) keep(ctx context.Context, key string, a answer) {
	if f.cache == nil || !json.Valid(a.body) {
		return
	}
	head, _ := json.Marshal(a.kept)
	f.cache.Put(ctx, key, append(append(head, '\n'), a.body...))
}

// An answer is what one try gave.
type answer struct {
	kept
	body      []byte
	unchanged bool          // 304
	again     bool          // it failed, and may not the next time
	after     time.Duration // that the server asks to wait
}

var errTooLarge = errors.New("answer too large")

func (f *fetcher) try(ctx context.Context, name string, limit int64, have kept) (a answer, err error) {
	if f.client.Timeout == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, tryTimeout, fmt.Errorf("no answer within %v", tryTimeout))
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.base.JoinPath(name).String(), nil)
	if err != nil {
		return a, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if have.ETag != "" {
		req.Header.Set("If-None-Match", have.ETag)
	}
	if have.LastModified != "" {
		req.Header.Set("If-Modified-Since", have.LastModified)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // the URL is named already
		}
		return answer{again: true}, cmp.Or(context.Cause(ctx), err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusNotModified && have != (kept{}):
		return answer{unchanged: true}, nil
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= 500:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return answer{again: true, after: time.Duration(min(max(seconds, 0), 3600)) * time.Second}, errors.New(resp.Status)
	case resp.StatusCode != http.StatusOK:
		return a, errors.New(resp.Status)
	}
	body, err := read(resp, limit)
	if err != nil {
		return answer{again: !errors.Is(err, errTooLarge)}, cmp.Or(context.Cause(ctx), err)
	}
	return answer{kept: kept{resp.Header.Get("ETag"), resp.Header.Get("Last-Modified")}, body: body}, nil
}

// read returns a body of at most limit bytes, unpacked.
func read(resp *http.Response, limit int64) ([]byte, error) {
	r := io.Reader(io.LimitReader(resp.Body, limit+1))
	if resp.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = io.LimitReader(z, limit+1)
	}
	data, err := io.ReadAll(r)
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", errTooLarge, limit)
	}
	return data, err
}
