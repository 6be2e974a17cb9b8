//! Enums, services and their methods, read.

use super::read::{
    Enum, ProtobufLines, ProtobufOptions, ProtobufReader, ProtobufService, Rpc, parse_field_number,
};

impl ProtobufReader<'_> {
    pub(super) fn enumeration(&mut self, from: usize) -> Enum {
        let mut out = Enum::default();
        while let Some(token) = self.peek() {
            let before = self.at;
            match token.text {
                "}" if !token.string => {
                    self.at += 1;
                    break;
                }
                ";" => self.at += 1,
                // a value may be called `option`: then a sign follows
                "option" if !self.ahead(1).is_some_and(|next| next.is("=")) => {
                    self.at += 1;
                    self.option(&mut out.options);
                }
                "reserved" if !self.ahead(1).is_some_and(|next| next.is("=")) => {
                    self.at += 1;
                    self.reserved(&mut out.reserved, &mut out.reserved_names);
                }
                name => {
                    self.at += 1;
                    let mut value = None;
                    if self.eat("=") {
                        let minus = self.eat("-");
                        value = self
                            .next()
                            .and_then(|token| parse_field_number(token.text))
                            // enums may be negative
                            .map(|n| if minus { -n } else { n });
                    }
                    match value {
                        // options of a value change no bytes
                        Some(value) => {
                            self.text_until(&[";"]);
                            self.eat(";");
                            out.values.push((
                                value,
                                name.to_owned(),
                                ProtobufLines {
                                    from: token.line,
                                    to: self.last_line(),
                                },
                            ));
                        }
                        None => self.skip(true),
                    }
                }
            }
            if self.at == before {
                self.at += 1;
            }
        }
        out.lines = ProtobufLines {
            from,
            to: self.last_line(),
        };
        out
    }

    pub(super) fn service(&mut self, from: usize) -> ProtobufService {
        let mut out = ProtobufService::default();
        while let Some(token) = self.peek() {
            let before = self.at;
            match token.text {
                "}" => {
                    self.at += 1;
                    break;
                }
                ";" => self.at += 1,
                "rpc" => {
                    if let Some(rpc) = self.rpc() {
                        out.rpcs.push(rpc);
                    } else {
                        self.at = before;
                        // what is no method is kept as a line that was not read
                        self.skip(true);
                    }
                }
                // options of services are for tools
                "option" => self.skip(false),
                _ => self.skip(true),
            }
            if self.at == before {
                self.at += 1;
            }
        }
        out.lines = ProtobufLines {
            from,
            to: self.last_line(),
        };
        out
    }

    fn rpc(&mut self) -> Option<Rpc> {
        let from = self.line();
        self.at += 1;
        let name = self.next()?.text.to_owned();
        let (client_streams, request) = self.rpc_type()?;
        self.eat("returns").then_some(())?;
        let (server_streams, response) = self.rpc_type()?;
        let mut options = ProtobufOptions::new();
        if self.eat("{") {
            while let Some(token) = self.peek() {
                let before = self.at;
                if token.is("}") {
                    self.at += 1;
                    break;
                } else if token.is("option") {
                    self.at += 1;
                    self.option(&mut options);
                } else {
                    self.at += 1;
                }
                if self.at == before {
                    self.at += 1;
                }
            }
        } else {
            self.eat(";");
        }
        Some(Rpc {
            name,
            request,
            response,
            client_streams,
            server_streams,
            options,
            lines: ProtobufLines {
                from,
                to: self.last_line(),
            },
        })
    }

    fn rpc_type(&mut self) -> Option<(bool, String)> {
        self.eat("(").then_some(())?;
        let streams = self.peek().is_some_and(|token| token.is("stream"))
            // `(stream)` is a message of that name
            && !self.ahead(1).is_some_and(|token| token.is(")"));
        self.at += usize::from(streams);
        let name = self.next()?.text.trim_start_matches('.').to_owned();
        self.eat(")").then_some((streams, name))
    }
}
