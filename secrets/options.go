package secrets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/errlist"
	"github.com/merlonsec/merlon/internal/glob"
)

// Options configure a Scanner. The zero value is ready.
type Options struct {
	Detectors   []Detector // nil means DefaultDetectors()
	Allow       []Allow    // what is known to be no secret; it stays in the report, suppressed
	MaxFileSize int64      // bytes; zero means no limit; a larger file is a gap

	// Key keys the hashes by which findings tell secrets apart (fingerprint,
	// Group). Nil means a fixed public key, with which a short password can be
	// guessed by whoever reads a report.
	Key []byte
}

// isRuleID reports whether s is a namespace and a name, in lower case.
func isRuleID(s string) bool {
	namespace, name, ok := strings.Cut(s, "/")
	return ok && namespace != "" && name != "" && strings.Trim(s, digits+lower+"./-") == ""
}

// validate returns all that is wrong with options, field by field, and the
// compiled globs of Allow.
func (o *Options) validate() ([]allow, error) {
	var errs errlist.List
	if o.Detectors != nil && len(o.Detectors) == 0 {
		errs.Addf("Detectors: empty, so nothing would be found; nil means the default ones")
	}
	if o.MaxFileSize < 0 {
		errs.Addf("MaxFileSize: %d is negative", o.MaxFileSize)
	}
	if o.Key != nil && len(o.Key) == 0 {
		errs.Addf("Key: empty; nil means the public key")
	}
	var ids []string
	for i := range o.Detectors {
		d := &o.Detectors[i]
		errs.Add(d.validate())
		if slices.Contains(ids, d.Rule.ID) {
			errs.Addf("Detectors: %s is there twice", d.Rule.ID)
		}
		ids = append(ids, d.Rule.ID)
	}
	var allows []allow
	for i, a := range o.Allow {
		c, err := a.compile()
		if err != nil {
			errs.Addf("Allow[%d]: %w", i, err)
		}
		allows = append(allows, c)
	}
	return allows, errs.Err()
}

// validate checks what compiling does not.
func (d *Detector) validate() error {
	var errs errlist.List
	wrong := func(field, format string, args ...any) {
		errs.Addf("detector %s: %s: %w", d.Rule.ID, field, fmt.Errorf(format, args...))
	}
	if !isRuleID(d.Rule.ID) {
		errs.Addf("detector %q: Rule.ID: want lower case, as in acme/token", d.Rule.ID)
	}
	if d.Pattern == "" {
		wrong("Pattern", "missing")
	}
	if d.Within < 0 || d.Within > maxWithin {
		wrong("Within", "%d is not in 0 to %d", d.Within, maxWithin)
	}
	if !(d.Entropy >= 0 && d.Entropy <= 8) {
		wrong("Entropy", "%v is not in 0 to 8", d.Entropy)
	}
	if _, err := regexp.Compile(d.Near); err != nil {
		wrong("Near", "%w", err)
	}
	if _, err := glob.CompileAll(d.Paths); err != nil {
		wrong("Paths", "%w", err)
	}
	return errs.Err()
}
