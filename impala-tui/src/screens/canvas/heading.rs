//! The title and the description of a canvas, in a form.

use impala_core::Canvas;

use super::CanvasScreen;
use super::faults;
use super::panel::{Content, Panel};
use crate::fields::{Field, Fields};
use crate::screen::{Go, Message, Shared};

/// What a canvas is called.
pub struct Heading {
    /// The canvas as it was when the form was opened.
    before: Canvas,
}

impl CanvasScreen {
    pub(super) fn open_heading(&mut self, shared: &mut Shared) {
        let metadata = &self.canvas.metadata;
        let title = Field::new("Title", &*metadata.title, &*metadata.slug)
            .about("what stands at the top of the canvas; its name when empty");
        let description = Field::lines("Description", &*metadata.description, 4)
            .about("what it shows, in a sentence or two");
        let fields = Fields::new(vec![title, Field { hint: "none".to_owned(), ..description }]);
        shared.push(Panel::new(Heading { before: self.canvas.clone() }, fields));
    }
}

impl Content for Heading {
    fn title(&self) -> String {
        "Title and description".to_owned()
    }

    fn submit_word(&self) -> &'static str {
        "keep"
    }

    fn changed(&mut self, _fields: &mut Fields, _shared: &mut Shared) {}

    fn submit(&mut self, fields: &mut Fields, shared: &mut Shared) {
        let mut canvas = self.before.clone();
        canvas.metadata.title = fields.text("Title").to_owned();
        canvas.metadata.description = fields.text("Description").to_owned();
        match canvas.check() {
            Ok(()) => shared.go(Go::Tell(Message::made(&self.before, canvas, None))),
            Err(invalid) => {
                fields.blame(faults::of_part(&invalid, &canvas, "/metadata", fields));
                fields.focus_on_error();
            }
        }
    }
}
