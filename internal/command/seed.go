package command

import "github.com/spf13/cobra"

func seedCommand() *cobra.Command { return &cobra.Command{Use: "seed"} }
