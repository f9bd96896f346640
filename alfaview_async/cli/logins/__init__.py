"""Who we are: logins kept between commands, and clients opened with them; for Invitario and Webex, too."""
