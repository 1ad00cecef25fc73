package container

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/merlonsec/merlon/internal/errlist"
)

// parseConfig parses an image configuration (image-spec, config.md). A field
// of the wrong type is left out and named in the error, and the rest is there;
// the configuration is nil only if data is no JSON object.
func parseConfig(data []byte) (*v1.ConfigFile, error) {
	cf := new(v1.ConfigFile)
	strict := json.Unmarshal(data, cf)
	if strict == nil {
		return cf, nil
	}
	top, err := object(data)
	if err != nil {
		return nil, err
	}
	cf = new(v1.ConfigFile)
	var bad errlist.List
	for _, key := range slices.Sorted(maps.Keys(top)) {
		value := top[key]
		switch strings.ToLower(key) {
		case "config":
			config, err := object(value)
			bad.Add(inField("config", err))
			for _, k := range slices.Sorted(maps.Keys(config)) {
				bad.Add(inField("config."+k, setField(&cf.Config, k, config[k])))
			}
		case "rootfs":
			bad.Add(inField("rootfs", setRootFS(&cf.RootFS, value)))
		case "history":
			bad.Add(inField("history", setHistory(cf, value)))
		default:
			bad.Add(inField(key, setField(cf, key, value)))
		}
	}
	if bad.Len() == 0 { // such as a key that is there twice, of which the first is wrong
		bad.Add(strict)
	}
	return cf, bad.Err()
}

func object(data []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	err := json.Unmarshal(data, &m)
	return m, err
}

func inField(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%.100q: %w", name, err)
}

// setField sets the field of a struct that has this name in JSON, or leaves it as it is.
func setField[T any](to *T, name string, value json.RawMessage) error {
	one, err := json.Marshal(map[string]json.RawMessage{name: value})
	if err != nil {
		return err
	}
	was := *to
	if err := json.Unmarshal(one, to); err != nil {
		*to = was
		return err
	}
	return nil
}

// setRootFS sets the fields of a rootfs, whose names have any case, as in encoding/json.
func setRootFS(to *v1.RootFS, value json.RawMessage) error {
	fields, err := object(value)
	if err != nil {
		return err
	}
	var bad errlist.List
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if strings.EqualFold(key, "diff_ids") {
			bad.Add(setDiffIDs(to, fields[key]))
		} else {
			bad.Add(setField(to, key, fields[key]))
		}
	}
	return bad.Err()
}

// setDiffIDs keeps the place of a DiffID that is none: the layer is not checked then.
func setDiffIDs(to *v1.RootFS, value json.RawMessage) error {
	var ids []json.RawMessage
	if err := json.Unmarshal(value, &ids); err != nil {
		return fmt.Errorf("diff_ids: %w", err)
	}
	to.DiffIDs = nil
	var first error
	bad := 0
	for i, id := range ids {
		var h v1.Hash
		if err := json.Unmarshal(id, &h); err != nil {
			if bad++; bad == 1 {
				first = fmt.Errorf("diff_ids[%d]: %w", i, err)
			}
			h = v1.Hash{}
		}
		to.DiffIDs = append(to.DiffIDs, h)
	}
	if bad > 1 { // a hostile file must not make a message of its size
		return fmt.Errorf("%w; %d of %d are no digests", first, bad, len(ids))
	}
	return first
}

// setHistory keeps the place of a line that is none.
func setHistory(cf *v1.ConfigFile, value json.RawMessage) error {
	var lines []json.RawMessage
	if err := json.Unmarshal(value, &lines); err != nil {
		return err
	}
	bad := 0
	for _, line := range lines {
		var h v1.History
		if fields, err := object(line); err != nil {
			bad++
		} else {
			for _, k := range slices.Sorted(maps.Keys(fields)) {
				if setField(&h, k, fields[k]) != nil {
					bad++
				}
			}
		}
		cf.History = append(cf.History, h)
	}
	if bad > 0 {
		return fmt.Errorf("%d fields of the wrong type", bad)
	}
	return nil
}
