// Package log writes log lines. The host keeps them as rows of logs: 4,096 bytes of each line, and of all that an
// iteration prints and logs together 64 KiB, where each line counts 64 bytes more than its text. What is beyond is counted.
//
// The words are those of [fmt.Sprintf].
package log

import (
	"fmt"

	contract "outrider.dev/outrider/internal/bindings/outrider_plugin_measure"
	"outrider.dev/outrider/internal/text"
)

// Debug writes a line for the author.
func Debug(format string, arguments ...any) { write(contract.LevelDebug, format, arguments) }

// Info writes a line that is worth knowing.
func Info(format string, arguments ...any) { write(contract.LevelInfo, format, arguments) }

// Warn writes a line about something odd.
func Warn(format string, arguments ...any) { write(contract.LevelWarn, format, arguments) }

// Error writes a line about something that failed.
func Error(format string, arguments ...any) { write(contract.LevelError, format, arguments) }

func write(level contract.Level, format string, arguments []any) {
	contract.Log(level, text.Valid(fmt.Sprintf(format, arguments...)))
}
