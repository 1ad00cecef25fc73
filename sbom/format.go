package sbom

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/merlonsec/merlon/report"
)

// maxDocument is the size of a document in bytes.
const maxDocument = 1 << 30

// CycloneDX is the [report.Format] for CycloneDX JSON with vulnerabilities and
// VEX; it reads versions 1.2 to 1.7. The zero value writes 1.6.
type CycloneDX struct {
	Version string // written: "1.4" to "1.7"; empty means "1.6"
	Subject string // written: the subject's name; empty: the only subject of the report
}

// Encode implements [report.Format].
func (f CycloneDX) Encode(w io.Writer, r *report.Report) error {
	version := cdx.SpecVersion1_6
	if f.Version != "" {
		if err := json.Unmarshal([]byte(fmt.Sprintf("%q", f.Version)), &version); err != nil {
			return fmt.Errorf("CycloneDX.Version %q: %w", f.Version, err)
		}
	}
	d, err := FromReport(r, f.Subject)
	if err != nil {
		return fmt.Errorf("writing CycloneDX: %w", err)
	}
	b, err := d.CycloneDX(version)
	if err != nil {
		return fmt.Errorf("writing CycloneDX: %w", err)
	}
	return cdx.NewBOMEncoder(w, cdx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).Encode(b)
}

// Decode implements [report.Decoder].
func (f CycloneDX) Decode(r io.Reader) (*report.Report, error) {
	d, err := Read(r)
	if err != nil {
		return nil, err
	}
	return d.Report(), nil
}

// Read reads a document in any format that the package knows: CycloneDX JSON
// 1.2 to 1.7.
func Read(r io.Reader) (*Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	if err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	if len(data) > maxDocument {
		return nil, fmt.Errorf("reading a document: larger than %d bytes", maxDocument)
	}
	if data, err = decodeText(data); err != nil {
		return nil, fmt.Errorf("reading a document: %w", err)
	}
	var head struct{ BOMFormat, SpecVersion string }
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("reading a document: %w", jsonLine(data, err))
	}
	if head.BOMFormat != cdx.BOMFormat {
		return nil, errors.New(`reading a document: no CycloneDX JSON: "bomFormat" is not "CycloneDX"`)
	}
	var b cdx.BOM
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("reading CycloneDX %s: %w", head.SpecVersion, jsonLine(data, err))
	}
	return FromCycloneDX(&b)
}

// jsonLine adds the line to a mistake in JSON.
func jsonLine(data []byte, err error) error {
	offset := int64(-1)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	return &lineError{1 + bytes.Count(data[:offset], []byte{'\n'}), err}
}
