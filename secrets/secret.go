package secrets

import (
	"fmt"
	"log/slog"
)

// masked is what stands for a secret, whatever its length.
const masked = "***"

// A Secret is a piece of text that must not be seen. It prints masked in every
// way but Reveal: by fmt with any verb, encoding/json, encoding/xml,
// encoding/gob and log/slog, and since it holds a function, not the text, also
// by what walks values with package reflect. The zero Secret is empty.
type Secret struct{ reveal func() string }

func secretOf(value string) Secret { return Secret{func() string { return value }} }

// Reveal returns the raw value.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String implements [fmt.Stringer] and masks.
func (s Secret) String() string { return masked }

// GoString implements [fmt.GoStringer] and masks.
func (s Secret) GoString() string { return "secrets.Secret(" + masked + ")" }

// Format implements [fmt.Formatter] and masks, whatever the verb.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') {
		fmt.Fprint(f, s.GoString())
		return
	}
	fmt.Fprint(f, masked)
}

// MarshalText implements [encoding.TextMarshaler] and masks.
func (s Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// MarshalJSON implements [encoding/json.Marshaler] and masks.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// GobEncode implements [encoding/gob.GobEncoder] and masks.
func (s Secret) GobEncode() ([]byte, error) { return []byte(masked), nil }

// LogValue implements [slog.LogValuer] and masks.
func (s Secret) LogValue() slog.Value { return slog.StringValue(masked) }
