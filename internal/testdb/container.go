package testdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/modules/postgres"
)

const (
	image         = "postgres:17"
	dockerTimeout = 3 * time.Second
	containerText = "in a container (testcontainers-go)"
)

// configure sets testcontainers up, which reads its settings only once, with the first use.
var configure = sync.OnceFunc(func() {
	log.SetDefault(log.NewNoopLogger()) // one line about the server is enough, and it is ours
	if keeping() {
		// The reaper would take the container away as soon as this process ends. Setting a variable of this
		// process cannot fail with a name and a value such as these.
		_ = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	}
})

// dockerAnswers asks before a container is tried, so that a machine without Docker does not wait for one.
func dockerAnswers(ctx context.Context) bool {
	configure()
	ctx, cancel := context.WithTimeout(ctx, dockerTimeout)
	defer cancel()
	answer := make(chan error, 1)
	go func() {
		provider, err := testcontainers.NewDockerProvider() // takes no context
		if err != nil {
			answer <- err
			return
		}
		answer <- provider.Health(ctx)
	}()
	select {
	case err := <-answer:
		return err == nil
	case <-ctx.Done():
		return false
	}
}

// inContainer starts a container; options come on top of what every test server needs.
func inContainer(ctx context.Context, options ...testcontainers.ContainerCustomizer) (*postgres.PostgresContainer, error) {
	command := []string{"postgres"}
	for _, name := range slices.Sorted(maps.Keys(fast)) {
		command = append(command, "-c", name+"="+fast[name])
	}
	c, err := postgres.Run(ctx, image, append([]testcontainers.ContainerCustomizer{
		testcontainers.WithCmd(command...),
		// The same order of text as on a local server.
		testcontainers.WithEnv(map[string]string{"POSTGRES_INITDB_ARGS": "--encoding=UTF8 --locale=C.UTF-8"}),
		postgres.BasicWaitStrategies(),
	}, options...)...)
	if err != nil {
		if c != nil {
			_ = c.Terminate(context.WithoutCancel(ctx)) // it did not come up; why is the error to tell
		}
		return nil, fmt.Errorf("start a container of %s: %w", image, err)
	}
	return c, nil
}

// containerHost is a container as the server of a test process, with its data in memory.
func containerHost(ctx context.Context) (host, error) {
	c, err := inContainer(ctx, testcontainers.WithTmpfs(map[string]string{"/var/lib/postgresql/data": "rw"}))
	if err != nil {
		return host{}, err
	}
	url, err := c.ConnectionString(ctx, "sslmode=disable")
	if err != nil {
		return host{}, errors.Join(fmt.Errorf("find the container's address: %w", err), c.Terminate(ctx))
	}
	return host{
		what:     containerText,
		adminURL: url,
		stop: func(ctx context.Context) error {
			if err := c.Terminate(ctx); err != nil {
				return fmt.Errorf("terminate the container: %w", err)
			}
			return nil
		},
	}, nil
}

// onPort publishes the server on one port of this machine, so that a container that was stopped comes back there.
func onPort(port int) testcontainers.CustomizeRequestOption {
	return testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
		c.PortBindings = network.PortMap{network.MustParsePort("5432/tcp"): []network.PortBinding{
			{HostIP: netip.IPv4Unspecified(), HostPort: strconv.Itoa(port)},
		}}
	})
}
