//! What stands still or is written beside the loop: the terminal is lent to an editor or to the shell, and texts are kept in files.

use std::io;

use super::{End, Incoming, Runtime};
use crate::action::{Action, Answer, Failure};
use crate::editor::{Edited, Editing};
use crate::panics::{Alarm, ours_waiting};
use crate::signals::{self, Signal};
use crate::terminal;

impl Runtime {
    /// Lends the terminal to the user's editor until that has ended.
    pub(super) async fn edit(&mut self, number: u64, text: String) -> io::Result<()> {
        self.has_interrupt_due = false;
        self.stop_listening().await;
        self.screen.lend()?;
        let started = tokio::task::spawn_blocking(move || Editing::start(&text)).await;
        let edited = match started.map_err(io::Error::other).flatten() {
            Ok(editing) => self.wait_for(editing).await,
            Err(error) => error.into(),
        };
        // The terminal is the shell's again, where the files that were kept are named.
        if self.end.is_some() {
            return Ok(());
        }
        self.screen.take_again()?;
        self.listen();
        let answer = match edited {
            Edited::Text(text) => Ok(text),
            Edited::Failed(failed) => Err(Failure::new(failed.to_string())),
        };
        let answer = Box::new(Answer::Edited(answer));
        let _ = self.sender.send(Incoming::Action(Action::Answer { number, answer }));
        self.measure()
    }

    /// Keeps a text, and answers where. It is named once more when the program ends.
    pub(super) fn keep(&mut self, number: u64, name: String, text: String) {
        let (files, sender) = (self.kept.files.clone(), self.sender.clone());
        let task = tokio::task::spawn_blocking(move || {
            let _alarm = Alarm(sender.clone());
            let kept = ours_waiting(|| files.write(&name, &text)).map(|file| file.display().to_string());
            let kept = kept.map_err(|error| Failure::new(format!("{name} cannot be kept: {error}")));
            let answer = Box::new(Answer::Kept(kept));
            let _ = sender.send(Incoming::Action(Action::Answer { number, answer }));
        });
        self.keeping.push(task);
    }

    /// Waits until the editor has ended, or ends it with the program.
    async fn wait_for(&mut self, mut editing: Editing) -> Edited {
        let mut is_interrupted = false;
        let status = loop {
            tokio::select! {
                status = editing.ended() => break status,
                signal = self.signals.next() => match signal {
                    // It is told to all that were started from the shell, and the shell waits until all have stopped.
                    Signal::Suspend => signals::stop(),
                    // Ctrl-C is the editor's.
                    Signal::End(signals::INTERRUPT) => is_interrupted = true,
                    Signal::Continued => self.has_return_due = false,
                    Signal::End(number) => {
                        self.end = Some(End::Signal(number));
                        editing.end(number).await;
                        terminal::restore();
                        terminal::begin_line();
                        // The canvas takes nothing more, however it has ended.
                        break Err(io::Error::other("the program ends"));
                    }
                },
            }
        };
        let edited = editing.result(status).await;
        if let Edited::Failed(failed) = &edited {
            self.kept.files.add(&failed.kept);
            // The editor may be gone before the same key is told to us.
            self.has_interrupt_due = failed.is_interrupt && !is_interrupted;
        }
        edited
    }

    /// Gives the terminal to the shell until that lets the program go on.
    pub(super) async fn suspend(&mut self) -> io::Result<()> {
        self.stop_listening().await;
        self.screen.lend()?;
        signals::stop();
        self.has_return_due = cfg!(unix);
        self.screen.take_again()?;
        self.listen();
        self.measure()
    }

    /// The terminal may have another size than before.
    fn measure(&self) -> io::Result<()> {
        let (width, height) = self.screen.size()?;
        let _ = self.sender.send(Incoming::Action(Action::Resize(width, height)));
        Ok(())
    }
}
