import ArgumentParser

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print the script that completes this program's words in a shell.",
    discussion: """
      bash:  search completions bash > ~/.local/share/bash-completion/completions/search
      zsh:   search completions zsh > ~/.zfunc/_search      (a folder of $fpath)
      fish:  search completions fish > ~/.config/fish/completions/search.fish
      """)

  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  @OptionGroup var options: IndexOptions
  @Argument(help: "bash, zsh or fish.") var shell: Shell

  func run() {
    let parser: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    Output.print(SearchCommand.completionScript(for: parser))
  }
}
