package model

import (
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// Kept is what a row knows of a file that is kept for it (package files), besides the key of the blob: that stands in a
// column whose name each table has for itself.
type Kept struct {
	FileName    string `bun:"file_name"`
	ContentType string `bun:"content_type"` // told by the first bytes
	Size        int    `bun:"size_bytes"`
	Checksum    string `bun:"checksum"` // SHA-256, hexadecimal
}

// Keep takes over what is known of a file that came with a write.
func (k *Kept) Keep(name string, of files.Stored) {
	*k = Kept{FileName: name, ContentType: of.ContentType, Size: int(of.Size), Checksum: of.SHA256}
}

// file is what a download needs.
func (k *Kept) file(key string, modified time.Time) files.File {
	return files.File{Key: key, Name: k.FileName, ContentType: k.ContentType, SHA256: k.Checksum, Modified: modified}
}
