package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Cache keeps results by content. Keys name scanner, configuration and
// content hash; values are opaque. It is safe for several processes. A Get
// that fails for any reason is a miss, and a Put that fails is forgotten.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte)
}

type noCache struct{}

func (noCache) Get(context.Context, string) ([]byte, bool) { return nil, false }
func (noCache) Put(context.Context, string, []byte)        {}

// DirCache returns a cache in a directory, which it makes, and which it keeps
// below max bytes by removing what was not used for longest; zero means 1 GiB.
// A value that was cut or changed on disk is a miss.
func DirCache(dir string, max int64) (Cache, error) {
	if max < 0 {
		return nil, fmt.Errorf("cache %s: size %d is negative", dir, max)
	}
	if max == 0 {
		max = 1 << 30
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	c := &dirCache{dir: dir, max: max}
	c.size, _ = c.list()
	return c, nil
}

type dirCache struct {
	dir string
	max int64

	mu   sync.Mutex
	size int64 // an estimate: other processes write too
}

// Each file is the SHA-256 of the value, then the value.
func (c *dirCache) name(key string) string {
	h := sha256.Sum256([]byte(key))
	s := hex.EncodeToString(h[:])
	return filepath.Join(c.dir, s[:2], s[2:])
}

func (c *dirCache) Get(_ context.Context, key string) ([]byte, bool) {
	name := c.name(key)
	data, err := os.ReadFile(name)
	if err != nil || len(data) < sha256.Size {
		return nil, false
	}
	value := data[sha256.Size:]
	if sum := sha256.Sum256(value); !bytes.Equal(sum[:], data[:sha256.Size]) {
		os.Remove(name)
		return nil, false
	}
	now := time.Now()
	os.Chtimes(name, now, now)
	return value, true
}

func (c *dirCache) Put(_ context.Context, key string, value []byte) {
	if int64(len(value)) > c.max/2 {
		return
	}
	name := c.name(key)
	sum := sha256.Sum256(value)
	if os.MkdirAll(filepath.Dir(name), 0o700) != nil || replace(name, 0o600, func(w io.Writer) error {
		if _, err := w.Write(sum[:]); err != nil {
			return err
		}
		_, err := w.Write(value)
		return err
	}) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size += int64(len(value) + sha256.Size); c.size > c.max {
		c.trim()
	}
}

type cached struct {
	name string
	size int64
	used time.Time
}

func (c *dirCache) list() (total int64, files []cached) {
	filepath.WalkDir(c.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				total += info.Size()
				files = append(files, cached{name, info.Size(), info.ModTime()})
			}
		}
		return nil
	})
	return total, files
}

// trim removes what was not used for longest until a fifth is free.
func (c *dirCache) trim() {
	total, files := c.list()
	slices.SortFunc(files, func(a, b cached) int { return a.used.Compare(b.used) })
	for _, f := range files {
		if total <= c.max/5*4 {
			break
		}
		if err := os.Remove(f.name); err == nil || errors.Is(err, fs.ErrNotExist) {
			total -= f.size
		}
	}
	c.size = total
}

// replace writes a file all or nothing: to a temporary one beside it, which
// takes its place.
func replace(name string, mode fs.FileMode, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".tmp-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Chmod(mode); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// memo is one, or what the cache holds of an equal scan of an equal subject.
func (r *Runner) memo(ctx context.Context, t *Target, s Scanner) *Report {
	m, ok := s.(Memo)
	if !ok || r.Cache == nil || t.Subject.Digest == "" || t.Only != nil {
		return r.one(ctx, t, s)
	}
	config := m.Config()
	if config == "" {
		return r.one(ctx, t, s)
	}
	key := strings.Join([]string{"report", Version(), s.Name(), config, t.Subject.Name, t.Subject.Digest,
		strings.Join(t.Include, "\x00"), strings.Join(t.Exclude, "\x00")}, "\x01")
	if data, ok := r.Cache.Get(ctx, key); ok {
		if rep, err := (JSON{}).Decode(bytes.NewReader(data)); err == nil {
			return rep
		}
	}
	rep := r.one(ctx, t, s)
	var b bytes.Buffer
	if rep.Complete() && (JSON{Compact: true}).Encode(&b, rep) == nil {
		r.Cache.Put(ctx, key, b.Bytes())
	}
	return rep
}

// Version is the version of this module in the running program, "(devel)" if
// it is not known. Cached results are bound to it.
var Version = sync.OnceValue(func() string {
	const path = "github.com/merlonsec/merlon"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == path && m.Version != "" {
				return m.Version
			}
		}
	}
	return "(devel)"
})
