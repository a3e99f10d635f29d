//! The processes of an editor. They are asked of `ps` and told through `kill`, as both are everywhere.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often it is looked whether processes have ended.
const EVERY: Duration = Duration::from_millis(50);

/// A process. Its parent may change, and its number may be another's once it has ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    pid: u32,
    parent: u32,
    group: u32,
    command: String,
}

impl Process {
    fn is(&self, other: &Self) -> bool {
        (self.pid, self.group, &self.command) == (other.pid, other.group, &other.command)
    }
}

/// The editor's shell with all that it has started, as far as they live. What has lost its parent is known by the file that it was
/// given.
///
/// * `shell`: its number, as long as nobody has asked how it ended.
pub fn of_editor(shell: Option<u32>, file: &Path) -> Vec<Process> {
    among(&living(), shell, file)
}

fn among(living: &[Process], shell: Option<u32>, file: &Path) -> Vec<Process> {
    let file = file.to_string_lossy();
    let group = living.iter().find(|process| process.pid == std::process::id()).map(|process| process.group);
    // Somebody else may look at the file, too.
    let has_file = |process: &Process| Some(process.group) == group && process.command.contains(&*file);
    let is_first = |process: &&Process| Some(process.pid) == shell || has_file(process);
    let mut found: Vec<Process> = living.iter().filter(is_first).cloned().collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).map(|process| process.pid) {
        let is_new =
            |process: &&Process| process.parent == parent && !found.iter().any(|one| one.is(process));
        let children: Vec<Process> = living.iter().filter(is_new).cloned().collect();
        found.extend(children);
        next += 1;
    }
    found
}

/// Waits until all of them are gone, and returns those that are not by then.
pub fn wait_for(processes: Vec<Process>, patience: Duration) -> Vec<Process> {
    let begun = Instant::now();
    let mut left = processes;
    while !left.is_empty() {
        let living = living();
        left.retain(|process| living.iter().any(|one| one.is(process)));
        if left.is_empty() || begun.elapsed() > patience {
            break;
        }
        std::thread::sleep(EVERY);
    }
    left
}

/// Sends them a signal.
pub fn tell(processes: &[Process], signal: &str) {
    if processes.is_empty() {
        return;
    }
    // Every shell has it built in; the system may have no program of that name.
    let mut kill = Command::new("sh");
    let pids = processes.iter().map(|process| process.pid.to_string());
    kill.arg("-c").arg("kill -s \"$0\" \"$@\"").arg(signal).args(pids);
    let _ = kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
}

/// Every living process; none where that cannot be asked.
fn living() -> Vec<Process> {
    let mut ps = Command::new("ps");
    // Some cut lines at the width of the terminal, or at 80 columns without one.
    ps.args(["-A", "-o", "pid=,ppid=,pgid=,stat=,args="]).env("COLUMNS", "10000").stdin(Stdio::null());
    let output = ps.stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().filter_map(process_of).collect()
}

/// `  12    1   12 S+   vi /tmp/x`; `None` for a zombie: it has ended, and nobody has asked how.
fn process_of(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    let mut number = || words.next()?.parse().ok();
    let (pid, parent, group) = (number()?, number()?, number()?);
    let is_zombie = words.next()?.starts_with('Z');
    let command = words.collect::<Vec<_>>().join(" ");
    (!is_zombie).then_some(Process { pid, parent, group, command })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_ps_is_read() {
        let process = process_of("   12     1    10 S+   vi -n  /tmp/x").expect("a process");
        let expected = Process { pid: 12, parent: 1, group: 10, command: "vi -n /tmp/x".to_owned() };
        assert_eq!(process, expected);
        assert_eq!(process_of("   12     1    10 Z+   [vi] <defunct>"), None);
        assert_eq!(process_of("PID PPID"), None);
    }

    #[test]
    fn an_editors_processes_are_found_however_deep_and_without_their_parent() {
        let own = std::process::id();
        let process = |pid, parent, group, command: &str| {
            let pid = if pid == 0 { own } else { pid };
            Process { pid, parent, group, command: command.to_owned() }
        };
        let living = [
            process(0, 1, 7, "impala tui"),
            process(4_000_010, own, 7, "sh -c vi"),
            process(4_000_011, 4_000_010, 7, "sh wrapper"),
            process(4_000_012, 4_000_011, 7, "vi"),
            process(4_000_013, 1, 7, "nano /tmp/impala-1/edited.yaml"),
            process(4_000_014, 1, 8, "less /tmp/impala-1/edited.yaml"),
            process(4_000_015, 1, 7, "cat"),
        ];
        let found = |shell| {
            let found = among(&living, shell, Path::new("/tmp/impala-1/edited.yaml"));
            found.iter().map(|process| process.pid - 4_000_000).collect::<Vec<_>>()
        };
        assert_eq!(found(Some(4_000_010)), [10, 13, 11, 12]);
        assert_eq!(found(None), [13]);
    }
}
