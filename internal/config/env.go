package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/joho/godotenv"
)

// Environment gives the variables of the process, and those of the file .env in the working directory that the
// process does not have. A variable that is set but empty counts as not set. There need not be a file.
func Environment() (func(string) string, error) { return environment(os.Getenv, ".env") }

func environment(process func(string) string, path string) (func(string) string, error) {
	file, err := godotenv.Read(path)
	var broken *fs.PathError
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		return process, nil
	case errors.As(err, &broken):
		return nil, fmt.Errorf("read settings: %w", err)
	default:
		// The parser's error repeats the line, and with it what may be a secret.
		return nil, fmt.Errorf("read settings: %s must consist of lines NAME=value", path)
	}
	return func(name string) string {
		if value := process(name); value != "" {
			return value
		}
		return file[name]
	}, nil
}
