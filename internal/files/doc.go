// Package files keeps the bytes of attachments, documents and whatever else is uploaded: in a folder, or in a bucket of
// S3. It knows blobs, their keys, and links to them; what a file is attached to, and who may see it, is not known here.
//
// A blob's key is `<organization>/<UUIDv7>`, made here: nothing that a client sends becomes a part of a path. It is
// written once and never changed. A row names at most one blob, and a blob is named by at most one row: who copies a
// record that has a file stores the file again.
//
// Blobs cannot take part in a transaction, so each is written before the commit and deleted after it. This is who
// calls what:
//
//   - The transport puts the store on the context of an operation (NewContext), and stores each file of the request
//     (Put) before the operation's transaction is opened: no connection waits for a client's line. A resolver gets an
//     Upload: a blob that is there already. Put also works in a resolver, for what the server itself makes.
//   - The store writes what Upload.Claim gives, once, into its row in the operation's transaction. That is all: a rollback
//     takes the blob back, a commit leaves it.
//   - The store calls Remove with the keys of rows that it deletes or overwrites. They are deleted after the commit, and
//     only then.
//   - The command `files sweep` calls Sweep. It deletes what no row names and what is old enough that no operation is
//     still about to name it: blobs of a server that died between the writing and the commit, or between the commit and
//     the deleting; of a commit whose outcome nobody knew; of an upload that no row wanted; of a row that went without
//     Remove. So nothing is lost when somebody forgets Remove, and everything when Sweep is not told of a table that
//     names blobs.
//   - A resolver gives out Links.Sign, a path that works for five minutes and for one person. The server mounts Handler
//     at `GET /files/{id}`; the function that it is given opens an operation as that person, finds the row as any
//     query of theirs would, and ends the operation before a byte is sent.
//
// A folder or bucket belongs to one database: Sweep of another would find nothing that names its blobs. What a crash
// leaves of an unfinished upload to S3 is no blob yet; a lifecycle rule of the bucket deletes it.
//
// Failure: too large a file is LIMIT_EXCEEDED, an empty one INVALID, a store that does not answer UNAVAILABLE with the
// cause in the log. A key of another organization is like one that does not exist: NOT_FOUND. Work after an operation
// that fails is logged, and Sweep does it later.
package files
