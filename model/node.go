package model

// Node is an object with an id of its own.
type Node interface{ IsNode() }

// IsNode makes every record a Node.
func (*Row) IsNode() {}

// IsNode makes a User a Node.
func (*User) IsNode() {}

// IsNode makes a Profile a Node.
func (*Profile) IsNode() {}

// IsNode makes an Organization a Node.
func (*Organization) IsNode() {}
